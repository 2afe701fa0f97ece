import pytest

from tests.packages.environments import Factory


@pytest.fixture(scope="session")
def factory(tmp_path_factory) -> Factory:
    """What builds, in one environment for all: its wheels are in one folder."""
    return Factory(tmp_path_factory.mktemp("factory") / "factory")
