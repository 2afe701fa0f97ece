"""What a client signs, and what it believes: the policy of each channel, applied."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Literal

from topicwire._channel import Channel
from topicwire._inbound import Inbound
from topicwire._key_file import KeySource
from topicwire._keys import Key
from topicwire._signing import Freshness, Signing, Verifier, claims_signature
from topicwire._subscriptions import Route
from topicwire.errors import MessageTooLarge, SignatureInvalid, SigningRequired

Policy = Literal["required", "optional", "off"]

_STRICTEST: tuple[Policy, ...] = ("required", "optional", "off")
_NO_KEYS = "this client has no keys; pass signing=..."
_UNSIGNED_WILL = (
    "a will cannot be signed, because nobody knows when the broker sends it; use a channel that "
    "does not require it"
)


class Trust:
    """Decides for each channel whether to sign, and for each message whether to believe it.

    `allow_unsigned` makes `required` channels `optional` ones. Messages of more than `max_bytes`
    are not looked into.
    """

    def __init__(
        self,
        signing: Signing | None,
        client_id: str,
        *,
        allow_unsigned: bool,
        max_bytes: int,
    ) -> None:
        self.sender = client_id
        self._keys: KeySource | None = None
        self._verifier: Verifier | None = None
        self._keeps_state = False
        self._allow_unsigned = allow_unsigned
        self._max_bytes = max_bytes
        if signing is not None:
            self._keys = KeySource(signing.keys)
            self.sender = signing.sender or client_id
            self._verifier = Verifier(self._keys, signing.max_age)
            self._keeps_state = signing.replay_state is not None

    def policy(self, channel: Channel[Any]) -> Policy:
        """Return what holds for a channel."""
        if channel.signing == "required" and self._allow_unsigned:
            return "optional"
        return channel.signing

    def signing_key(self, channel: Channel[Any], topic: str) -> Key | None:
        """Return what to sign a message with, or None; raises `SigningRequired`."""
        policy = self.policy(channel)
        if policy == "off":
            return None
        key = self.key_for(topic)
        if key is None and policy == "required":
            raise SigningRequired(channel.name, self.missing(topic))
        return key

    def key_for(self, topic: str) -> Key | None:
        """Return the key that signs on a topic now, or None."""
        if self._keys is None:
            return None
        return self._keys.ring().signing_key(self.sender, topic, time.time())

    def missing(self, topic: str) -> str:
        """Return why there is no key for a topic."""
        if self._keys is None:
            return _NO_KEYS
        return (
            f"none of this client's keys may sign now as {self.sender!r} on {topic!r}; "
            "`topicwire keys list` shows what they are for"
        )

    def check_receiving(self, channel: Channel[Any]) -> None:
        """Raise `SigningRequired` if messages of a channel could not be believed."""
        if self.policy(channel) != "required":
            return
        if self._verifier is None:
            raise SigningRequired(channel.name, _NO_KEYS)
        if channel.delivery != "live" and not self._keeps_state:
            raise SigningRequired(
                channel.name,
                f"it is {channel.delivery}: after a restart, old messages could be sent again; "
                "pass signing=Signing(..., replay_state=FILE)",
            )

    def check_will(self, channel: Channel[Any]) -> None:
        """Raise `SigningRequired` for a channel on which a will would not be believed."""
        if self.policy(channel) == "required":
            raise SigningRequired(channel.name, _UNSIGNED_WILL)

    def examine(self, inbound: Inbound, routes: Sequence[Route]) -> Freshness:
        """Note who signed a message, and return what its time means.

        Raises `MessageTooLarge`, and `SignatureInvalid` for one that is not to be believed. Of
        several routes that a message is for, the strictest decides.
        """
        if len(inbound.payload) > self._max_bytes:
            raise MessageTooLarge(inbound.topic, self._max_bytes)
        inbound.max_bytes = self._max_bytes
        channel = routes[0].channel
        if len(routes) > 1:
            channels = [route.channel for route in routes]
            channel = min(channels, key=lambda one: _STRICTEST.index(self.policy(one)))
        policy = self.policy(channel)
        if policy == "off" or (policy == "optional" and not self._is_to_verify(inbound)):
            return channel.delivery
        if inbound.problem is not None:
            raise SignatureInvalid(inbound.topic, "malformed", str(inbound.problem))
        if self._verifier is None:
            raise SignatureInvalid(
                inbound.topic, "no_keys", "this client has no key to verify with"
            )
        inbound.signed = self._verifier.verify(
            inbound.topic, inbound.headers, inbound.payload, channel.delivery, time.time()
        )
        return channel.delivery

    def _is_to_verify(self, inbound: Inbound) -> bool:
        # Where unsigned messages are taken too, one that cannot be verified says no more.
        return self._verifier is not None and claims_signature(inbound.headers)
