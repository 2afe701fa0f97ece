"""The sessions, and the way of a message to all of them. Pure."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

from topicwire.testing._broker.clock import Clock, Timers
from topicwire.testing._broker.faults import Fault, FaultKind, corrupted
from topicwire.testing._broker.messages import Message
from topicwire.testing._broker.packets import Connect, Will
from topicwire.testing._broker.reasons import Reason
from topicwire.testing._broker.session import Connected, Session
from topicwire.testing._broker.settings import BrokerSettings
from topicwire.testing._broker.subscriptions import Subscription

_SEND_RETAINED, _SEND_RETAINED_IF_NEW = 0, 1


class Hub:
    """All that a broker knows but its connections; it tells them by their sessions.

    `log` has every message that clients have published and that was taken, in their order.
    """

    def __init__(self, settings: BrokerSettings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.timers = Timers(clock)
        self.sessions: dict[str, Session] = {}
        self.faults: list[Fault] = []
        self.log: list[Message] = []
        self._retained: dict[str, Message] = {}
        self._held: list[Message] = []
        self._turns: Counter[str] = Counter()
        self._names = itertools.count(1)

    # ---- sessions --------------------------------------------------------------------------------

    def new_client_id(self) -> str:
        """Return a client id for a client that leaves it to the broker."""
        return f"auto-{next(self._names)}"

    def admit(
        self, connect: Connect, client_id: str, connection: Connected
    ) -> tuple[bool, Session]:
        """Give a connection its session; return whether there was one that is resumed."""
        session = self.sessions.get(client_id)
        if session is not None and session.connection is not None:
            session.connection.end(Reason.TAKEN_OVER, "another client has the same client id")
        # That may have been the end of the session, too.
        session = self.sessions.get(client_id)
        if session is not None and connect.clean_start:
            self._end(session)
            session = None
        present = session is not None
        if session is None:
            session = self.sessions[client_id] = Session(client_id, self.clock.now)
        session.begin(connect)
        session.connection = connection
        return present, session

    def leave(self, session: Session, *, with_will: bool) -> None:
        """Note that the connection of a session has ended."""
        session.connection = None
        session.outflow.detach()
        will, session.will = session.will, None
        if will is not None and with_will:
            self._plan_will(session, will)
        if session.expiry:
            session.end_timer = self.timers.after(session.expiry, lambda: self._end(session))
        else:
            self._end(session)

    def forget(self) -> None:
        """Lose everything, as a broker without persistence does when it is restarted."""
        self.sessions.clear()
        self._retained.clear()
        self._held.clear()
        self.timers = Timers(self.clock)

    def _plan_will(self, session: Session, will: Will) -> None:
        def publish() -> None:
            session.will_timer = None
            message = Message.of(will, will.topic, session.client_id, self.clock.now())
            self.publish(message)

        delay = will.properties.will_delay or 0
        if delay:
            session.will_timer = self.timers.after(delay, publish)
        else:
            publish()

    def _end(self, session: Session) -> None:
        if session.end_timer is not None:
            session.end_timer.cancel()
        # A will is due at the end of the session at the latest ([MQTT-3.1.2-8]).
        if session.will_timer is not None:
            session.will_timer.hurry()
        if self.sessions.get(session.client_id) is session:
            del self.sessions[session.client_id]

    # ---- subscriptions ---------------------------------------------------------------------------

    def subscribe(self, session: Session, subscription: Subscription) -> Callable[[], None]:
        """Note a subscription; return what sends the retained messages that it asks for."""
        text = subscription.request.filter
        is_new = text not in session.subscriptions
        session.subscriptions[text] = subscription
        handling = subscription.request.retain_handling
        wanted = handling == _SEND_RETAINED or (handling == _SEND_RETAINED_IF_NEW and is_new)
        if subscription.group is not None or not wanted:
            return lambda: None
        found = [m for m in self.retained() if subscription.wants(m, session.client_id)]

        def send() -> None:
            for message in found:
                session.outflow.add(subscription.delivery(message, kept=True))

        return send

    def retained(self) -> list[Message]:
        """Return the retained messages that have not expired."""
        now = self.clock.now()
        return [message for message in self._retained.values() if message.expires > now]

    # ---- messages --------------------------------------------------------------------------------

    def publish(self, message: Message, fault: Fault | None = None) -> int:
        """Pass a message on, as the fault has it; return for how many subscribers it was."""
        self.log.append(message)
        kind = fault.kind if fault is not None else None
        amount = fault.amount if fault is not None else 0.0
        if kind is FaultKind.DROP:
            return self._count(message)
        if kind is FaultKind.DELAY:
            self.timers.after(amount, lambda: self._pass(message))
            return self._count(message)
        if kind is FaultKind.REORDER:
            self._held.append(message)
            return self._count(message)
        if kind is FaultKind.CORRUPT:
            message = corrupted(message)
        reached = 0
        for _ in range(int(amount) if kind is FaultKind.DUPLICATE else 1):
            reached = self._pass(message)
        held, self._held = self._held, []
        for each in held:
            self._pass(each)
        return reached

    def fault_for(self, topic: str, client_id: str) -> Fault | None:
        """Return the fault that a test has set for a message."""
        return next((each for each in self.faults if each.meets(topic, client_id)), None)

    def _count(self, message: Message) -> int:
        return sum(
            any(each.wants(message, session.client_id) for each in session.subscriptions.values())
            for session in self.sessions.values()
        )

    def _pass(self, message: Message) -> int:
        if message.retain:
            self._keep(message)
        reached = 0
        shared: dict[str, list[Session]] = {}
        for session in list(self.sessions.values()):
            deliveries = session.deliveries(message)
            for delivery in deliveries:
                session.outflow.add(delivery)
            reached += bool(deliveries)
            for text, each in session.subscriptions.items():
                if each.group is not None and each.filter.matches(message.topic):
                    shared.setdefault(text, []).append(session)
        for text, members in shared.items():
            member = self._next(text, members)
            member.outflow.add(member.subscriptions[text].delivery(message))
            reached += 1
        return reached

    def _keep(self, message: Message) -> None:
        self._retained.pop(message.topic, None)
        if message.payload:
            self._retained[message.topic] = message

    def _next(self, text: str, members: list[Session]) -> Session:
        """Return the member of a group whose turn it is, of those that are connected if any is."""
        present = [each for each in members if each.connection is not None] or members
        self._turns[text] += 1
        return present[self._turns[text] % len(present)]
