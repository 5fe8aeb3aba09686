"""``crmflow`` and ``python -m crmflow``; each helping process loads this module too, so it loads nothing by itself."""


def main() -> None:
    """Run the command line."""
    # A helping process, which loads this module, has no use for a command line.
    import crmflow.loading  # noqa: F401, PLC0415
    from crmflow.cli import main as command_line  # noqa: PLC0415

    command_line()


if __name__ == "__main__":
    main()
