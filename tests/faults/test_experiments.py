"""The experiments of `make faults`, in sizes for every day."""

import pytest

from tests.faults.experiment import carry_out
from tests.faults.experiments import EXPERIMENTS

# These start the whole bench again and again, which takes minutes. tests/services kills less.
_ONLY_AT_LENGTH = {"killed-services", "services-that-stay-away"}
# `make test` does without ejabberd, and three nodes of RabbitMQ take half a minute to start.
_ONLY_CLUSTERS = {"ejabberd-node-killed", "rabbitmq-node-killed"}


@pytest.mark.parametrize(
    "name", [name for name in EXPERIMENTS if name not in _ONLY_AT_LENGTH | _ONLY_CLUSTERS]
)
def test_experiment(name):
    figures, _ = carry_out(name, full=False, seed=1)
    assert figures
    failed = [figure for figure in figures if figure.passed is False]
    assert not failed, figures
