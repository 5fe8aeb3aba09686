"""The company's own changes to the forms: read from ``config.yaml`` and from a folder of theirs, made into a catalogue."""
