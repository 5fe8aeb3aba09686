"""Credit codes of companies that do not exist, with the right check digit."""

from stdnum.cn import uscc


def credit_code(n: int) -> str:
    """The n-th invented unified social credit code."""
    body = f"91350200MA0000{n:03}"
    return body + uscc.calc_check_digit(body)
