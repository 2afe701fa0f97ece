"""What tests of programs on topicwire need: a broker in memory, messages, expectations, contracts.

The fixtures of the pytest plugin are built of this; it needs neither pytest nor, but for
`messages`, hypothesis.
"""

from topicwire.testing._broker.faults import Fault, FaultKind
from topicwire.testing._broker.settings import BrokerSettings
from topicwire.testing._contract import Contract
from topicwire.testing._examples import build, example
from topicwire.testing._expectations import AsyncExpectation, Expectation, expect
from topicwire.testing._in_memory_broker import FaultOptions, InMemoryBroker, SessionState
from topicwire.testing._report import ChannelReport, Report, Violation
from topicwire.testing._sightings import Sighting
from topicwire.testing._strategies import messages
from topicwire.testing._watch import Watch, verify

__all__ = [
    "AsyncExpectation",
    "BrokerSettings",
    "ChannelReport",
    "Contract",
    "Expectation",
    "Fault",
    "FaultKind",
    "FaultOptions",
    "InMemoryBroker",
    "Report",
    "SessionState",
    "Sighting",
    "Violation",
    "Watch",
    "build",
    "example",
    "expect",
    "messages",
    "verify",
]
