"""``crmflow`` and ``python -m crmflow``; each helping process loads this module too, so it loads nothing by itself."""


def main() -> None:
    """Run the command line."""
    from crmflow.cli import main as command_line  # noqa: PLC0415 – a helping process has no use for a command line

    command_line()


if __name__ == "__main__":
    main()
