"""The only users of Excel libraries."""
