"""What tests of programs on topicwire need: a broker in memory, messages, expectations.

The fixtures of the pytest plugin are built of this; it needs neither pytest nor, but for
`messages`, hypothesis.
"""

from topicwire.testing._broker.faults import Fault, FaultKind
from topicwire.testing._broker.settings import BrokerSettings
from topicwire.testing._examples import build, example
from topicwire.testing._expectations import AsyncExpectation, Expectation, expect
from topicwire.testing._in_memory_broker import FaultOptions, InMemoryBroker, SessionState
from topicwire.testing._sightings import Sighting
from topicwire.testing._strategies import messages

__all__ = [
    "AsyncExpectation",
    "BrokerSettings",
    "Expectation",
    "Fault",
    "FaultKind",
    "FaultOptions",
    "InMemoryBroker",
    "SessionState",
    "Sighting",
    "build",
    "example",
    "expect",
    "messages",
]
