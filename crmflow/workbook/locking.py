"""A workbook that opens with a password only: Office's own encryption, which Excel, WPS and LibreOffice know."""

import io


def locked(content: bytes, password: str) -> bytes:
    """The workbook ``content``, encrypted (AES-256, agile)."""
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415 – most companies never need it

    written = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, written)
    return written.getvalue()
