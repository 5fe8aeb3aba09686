"""``crmflow`` and ``python -m crmflow``; each helping process loads this module too, so it loads nothing by itself."""

import gc

SELDOM = 100_000
"""Objects made before the next search for garbage: loading makes as many, all to stay."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(SELDOM)
    from crmflow.cli import main as command_line  # noqa: PLC0415 – a helping process has no use for a command line

    command_line()


if __name__ == "__main__":
    main()
