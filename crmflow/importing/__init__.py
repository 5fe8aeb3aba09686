"""The parts of the importer: what a mapping says, reading lists, making cells, telling what was done."""
