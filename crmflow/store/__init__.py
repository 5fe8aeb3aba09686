"""The store: the only user of the database (decision 6)."""
