"""The experiments, in the order in which they are carried out."""

from tests.faults.experiment import EXPERIMENTS
from tests.faults.experiments import (
    brokers,
    clients,
    clusters,
    crowds,
    intruders,
    networks,
    outboxes,
    services,
)

# Those of `make clusters`: they want brokers that nothing else does, and take long to start.
CLUSTERS = tuple(name for name, each in EXPERIMENTS.items() if each.__module__ == clusters.__name__)

__all__ = [
    "CLUSTERS",
    "EXPERIMENTS",
    "brokers",
    "clients",
    "clusters",
    "crowds",
    "intruders",
    "networks",
    "outboxes",
    "services",
]
