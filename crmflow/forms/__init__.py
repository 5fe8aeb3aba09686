"""The prescribed forms, one a file; each module declares exactly one ``FORM``."""
