"""The experiments of `make faults`, in sizes for every day."""

import pytest

from tests.faults.experiment import carry_out
from tests.faults.experiments import EXPERIMENTS

# These take minutes: they wait for what nobody does any more.
_ONLY_AT_LENGTH = {"forgetful-broker-in-a-test", "services-that-stay-away"}
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
