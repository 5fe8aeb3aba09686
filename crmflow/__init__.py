"""crmflow carries out a written customer-relationship regulation kept in Excel."""

__version__ = "0.1.0"
