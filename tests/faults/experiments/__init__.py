"""The experiments, in the order in which they are carried out."""

from tests.faults.experiment import EXPERIMENTS
from tests.faults.experiments import (
    brokers,
    clients,
    crowds,
    intruders,
    networks,
    outboxes,
    services,
)

__all__ = [
    "EXPERIMENTS",
    "brokers",
    "clients",
    "crowds",
    "intruders",
    "networks",
    "outboxes",
    "services",
]
