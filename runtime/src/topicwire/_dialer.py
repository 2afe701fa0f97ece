"""Getting a connection: attempts, and the step from MQTT 5 down to 3.1.1."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable

from paho.mqtt.enums import MQTTProtocolVersion

from topicwire._connection import Connection, Listener, Sender
from topicwire._connection_settings import ConnectionSettings
from topicwire._failover import BrokerRing
from topicwire._greeting import Greeting
from topicwire._reasons import UNSUPPORTED_PROTOCOL_VERSION, explain, is_fatal
from topicwire._tls import explain_certificate
from topicwire._url import BrokerUrl
from topicwire.errors import CertificateInvalid, ConnectionFailed

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311


class Dialer:
    """Opens connections to the broker whose turn it is, in the MQTT version that it speaks.

    `version` is None to try 5 first and 3.1.1 once where a broker does not speak it; after
    the first success with a broker the version stays. The `connection` object is kept over
    reconnections, because half-way received messages are in it. It is told to `listener` and
    `sender` what happens on it.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        listener: Listener,
        sender: Sender,
        version: MQTTProtocolVersion | None,
    ) -> None:
        self.connection: Connection | None = None
        self.version = version or V5
        self._settings = settings
        self._listener = listener
        self._sender = sender
        self.ring = BrokerRing(settings.brokers, shuffled=settings.shuffled)
        self._may_fall_back = version is None
        # Brokers that have accepted: their version is known.
        self._known: set[BrokerUrl] = set()

    def dial(
        self, *, resume: bool, session_expiry: int, cancelled: Callable[[], bool]
    ) -> tuple[Connection, Greeting]:
        """Connect once; `resume` asks for the session of the last connection.

        `session_expiry` is how long the session is to outlive it, in seconds.
        Raises `ConnectionFailed`. It takes up to the connect timeout, `cancelled` makes it
        give up early.
        """
        try:
            found = self._attempt(resume, session_expiry, cancelled)
        except ConnectionFailed as first:
            is_open = self._may_fall_back and self.version is V5
            if not is_open or self.ring.current in self._known or cancelled():
                raise
            if not self._wants_older(first):
                raise
            found = self._attempt_older(first, cancelled)
        self._known.add(self.ring.current)
        return found

    def close(self) -> None:
        """Release the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def problem(self, reason: str, code: int | None = None) -> ConnectionFailed:
        """Return the error for a connection that failed or was lost."""
        return ConnectionFailed(
            str(self.ring.current),
            reason,
            reason_code=code,
            fatal=code is not None and is_fatal(code),
        )

    def _refusal(self, error: Exception) -> ConnectionFailed:
        if isinstance(error, ssl.SSLCertVerificationError):
            problem, reason = explain_certificate(error)
            return CertificateInvalid(str(self.ring.current), problem, reason)
        return self.problem(_describe(error))

    def _attempt(
        self, resume: bool, session_expiry: int, cancelled: Callable[[], bool]
    ) -> tuple[Connection, Greeting]:
        if self.connection is None:
            self.connection = Connection(self._settings, self.version, self._listener, self._sender)
        connection = self.connection
        timeout = self._settings.connect_timeout
        deadline = time.monotonic() + timeout
        try:
            connection.open(self.ring.current, resume=resume, session_expiry=session_expiry)
        except (OSError, ValueError) as error:
            connection.abandon()
            raise self._refusal(error) from error
        while connection.greeting is None and connection.lost is None:
            left = deadline - time.monotonic()
            if left <= 0 or cancelled():
                connection.abandon()
                raise self.problem(f"no answer to CONNECT within {timeout:g} s")
            connection.poll(left)
        greeting = connection.greeting
        if greeting is None:
            raise self.problem(str(connection.lost))
        if greeting.reason_code >= 0x80:
            raise self.problem(explain(greeting.reason_code), greeting.reason_code)
        return connection, greeting

    def _attempt_older(
        self, first: ConnectionFailed, cancelled: Callable[[], bool]
    ) -> tuple[Connection, Greeting]:
        self._use(V311)
        try:
            return self._attempt(False, 0, cancelled)
        except ConnectionFailed as second:
            silent = self._was_silent(first) and self._was_silent(second)
            self._use(V5)
            if not silent:
                raise
            raise self.problem(
                "the broker closed the connection without an answer, over MQTT 5 and over 3.1.1; "
                "possible causes: wrong user name or password, a missing client certificate, a "
                "port that expects TLS or does not, a client id that is not allowed, or something "
                "that is not an MQTT broker"
            ) from second

    def _wants_older(self, failure: ConnectionFailed) -> bool:
        # Some brokers close the socket instead of answering a version that they do not speak.
        return failure.reason_code == UNSUPPORTED_PROTOCOL_VERSION or self._was_silent(failure)

    def _was_silent(self, failure: ConnectionFailed) -> bool:
        connection = self.connection
        return failure.reason_code is None and connection is not None and bool(connection.lost)

    def _use(self, version: MQTTProtocolVersion) -> None:
        self.close()
        self.version = version


def _describe(error: Exception) -> str:
    text = str(error) or type(error).__name__
    if isinstance(error, ConnectionRefusedError):
        return f"{text}; is the broker running?"
    return text
