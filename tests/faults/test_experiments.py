"""The experiments of `make faults`, in sizes for every day."""

import pytest

from tests.faults.experiment import carry_out
from tests.faults.experiments import EXPERIMENTS


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_experiment(name):
    figures, _ = carry_out(name, full=False, seed=1)
    assert figures
    failed = [figure for figure in figures if figure.passed is False]
    assert not failed, figures
