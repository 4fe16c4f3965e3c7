import pytest

from tidegate.tests.started import load


@pytest.fixture(scope="session", autouse=True)
def _loaded() -> None:
    """Load the tools once: a gate forks its workers, and each would load them anew."""
    load()
