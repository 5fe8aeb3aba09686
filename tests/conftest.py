"""Options and fixtures shared by all tests."""

import os
import shutil
from collections.abc import Callable

import pytest
from hypothesis import settings

# A test that is slow on a busy machine is no wrong one.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture
def renew_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew."""
    return bool(request.config.getoption("--renew-golden"))


@pytest.fixture
def require_real() -> Callable[[str], str]:
    """The path of a real program (``soffice``); without it the test is skipped, or fails where CRMFLOW_REQUIRE_REAL=1."""

    def find(program: str) -> str:
        path = shutil.which(program)
        if path is None and os.environ.get("CRMFLOW_REQUIRE_REAL") == "1":
            pytest.fail(f"{program} is not installed")
        return path or pytest.skip(f"{program} is not installed")

    return find
