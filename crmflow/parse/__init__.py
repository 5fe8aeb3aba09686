"""Cells → typed records."""
