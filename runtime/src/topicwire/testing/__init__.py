"""What tests of programs on topicwire need: a broker in memory, messages, expectations."""

from topicwire.testing._broker.faults import Fault, FaultKind
from topicwire.testing._broker.settings import BrokerSettings
from topicwire.testing._in_memory_broker import InMemoryBroker, SessionState

__all__ = ["BrokerSettings", "Fault", "FaultKind", "InMemoryBroker", "SessionState"]
