"""What brokers can do beyond what they say when a client connects, and what follows from it.

A broker of MQTT 5 tells some of its limits in CONNACK; one of 3.1.1 tells nothing, and some grant
what they do not do. Nobody notices then, so it has to be known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from topicwire._channel import Channel
from topicwire._connection_settings import ConnectionSettings
from topicwire._greeting import Greeting
from topicwire.errors import AbilityMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerProfile:
    """What a broker can do; None stands for what it says itself, or what MQTT promises.

    - `shared_subscriptions`: the members of a group share the messages.
    - `maximum_qos`: messages and subscriptions of a higher one are taken with this one.
    - `retained_to_wildcards`: a new subscription with a wildcard gets the retained messages.
    - `retained_across_nodes`: so does one on another node of its cluster than the publisher's.
    - `session_failover`: a session goes on at another node when its own dies.
    - `message_expiry`: messages that wait for a client are left out when they have expired.
    - `will`: the will of a client that disappears is sent.
    """

    name: str = ""
    shared_subscriptions: bool | None = None
    maximum_qos: int | None = None
    retained_to_wildcards: bool | None = None
    retained_across_nodes: bool | None = None
    session_failover: bool | None = None
    message_expiry: bool | None = None
    will: bool | None = None

    def correct(self, greeting: Greeting) -> Greeting:
        """Return what a CONNACK says, with what is known better."""
        shared, qos = self.shared_subscriptions, self.maximum_qos
        return greeting._replace(
            broker=self.name,
            shared_subscriptions=greeting.shared_subscriptions if shared is None else shared,
            maximum_qos=greeting.maximum_qos if qos is None else min(qos, greeting.maximum_qos),
        )


# Measured with `topicwire.brokers.probe` and `make clusters`; tests hold the brokers against it.
KNOWN = {
    profile.name: profile
    for profile in (
        BrokerProfile(
            name="mosquitto",  # 2.0.11; no cluster
            shared_subscriptions=True, maximum_qos=2, retained_to_wildcards=True,
            retained_across_nodes=False, session_failover=False,
        ),
        BrokerProfile(
            name="nats",  # 2.15, MQTT 3.1.1
            shared_subscriptions=False, maximum_qos=2, retained_to_wildcards=True,
            retained_across_nodes=True, session_failover=True, message_expiry=False,
        ),
        BrokerProfile(
            name="rabbitmq",  # 3.10, MQTT 3.1.1
            shared_subscriptions=False, maximum_qos=1, retained_to_wildcards=False,
            retained_across_nodes=False, session_failover=True, message_expiry=False,
        ),
        BrokerProfile(
            name="ejabberd",  # 23.01
            shared_subscriptions=False, maximum_qos=2, retained_to_wildcards=True,
            retained_across_nodes=False, session_failover=False, message_expiry=False,
        ),
        BrokerProfile(
            name="iotcore",  # 0.4.0, which is rumqttd; no cluster
            shared_subscriptions=True, retained_across_nodes=False, session_failover=False,
        ),
    )
}  # fmt: skip
"""The brokers that are known, by name."""


# What ejabberd 23.01 says with CONNACK, whatever it is asked; others leave some of it out.
_OF_EJABBERD = frozenset(
    {"SessionExpiryInterval", "ServerKeepAlive", "TopicAliasMaximum", "SharedSubscriptionAvailable"}
)


def recognise(greeting: Greeting) -> BrokerProfile:
    """Return the profile of a broker that can be told by how it accepts; an empty one for others.

    mosquitto does what it says, so nothing has to be known of it. NATS and RabbitMQ speak 3.1.1,
    where brokers say nothing, and get no shared subscriptions for that alone.
    """
    if greeting.told == _OF_EJABBERD and not greeting.shared_subscriptions:
        return KNOWN["ejabberd"]
    return BrokerProfile()


def profile_of(option: BrokerProfile | str) -> BrokerProfile:
    """Return the profile that an option stands for ("": nothing is known).

    Raises `ValueError` for a name that nobody knows.
    """
    if isinstance(option, BrokerProfile):
        return option
    if not option:
        return BrokerProfile()
    if option not in KNOWN:
        raise ValueError(
            f"no profile is known of a broker {option!r}; there are {', '.join(KNOWN)}, and "
            "BrokerProfile(...) describes any other"
        )
    return KNOWN[option]


def shortcomings(profile: BrokerProfile, settings: ConnectionSettings) -> Iterator[AbilityMissing]:
    """Yield what the broker would not do that the settings of a client ask for."""
    several = len(settings.brokers) > 1
    if settings.keep_session and several and profile.session_failover is False:
        yield AbilityMissing(
            "session_failover",
            profile.name,
            "several brokers are given and the session is to be kept, but it does not go on at "
            "another one: what waits in it is lost when its broker dies",
            "give one address, or keep no session (session_expiry=0) and receive at two nodes what "
            "must not be lost",
        )
    if settings.will is not None and profile.will is False:
        yield AbilityMissing(
            "will",
            profile.name,
            "the broker does not send wills",
            "leave `will` out and watch for heartbeats instead",
        )


def missed(
    profile: BrokerProfile, settings: ConnectionSettings, channel: Channel[Any], name: str
) -> Iterator[AbilityMissing]:
    """Yield what a subscription to the filter `name` of a channel would not get as it should."""
    if channel.delivery == "retained":
        if profile.retained_to_wildcards is False and ("+" in name or "#" in name):
            yield AbilityMissing(
                "retained_to_wildcards",
                profile.name,
                f"{name!r} would not get the retained messages of channel {channel.name!r}, "
                "because it has a wildcard",
                "subscribe with all parameters of the address given",
            )
        if profile.retained_across_nodes is False and len(settings.brokers) > 1:
            yield AbilityMissing(
                "retained_across_nodes",
                profile.name,
                f"{name!r} would not get the retained messages of channel {channel.name!r} that "
                "were published at another broker of the list",
                "give one address",
            )
    expires = channel.message_expiry is not None and profile.message_expiry is False
    if expires and settings.keep_session:
        yield AbilityMissing(
            "message_expiry",
            profile.name,
            f"messages of channel {channel.name!r} are to expire after {channel.message_expiry} s, "
            "but would wait in the session of this client for as long as it is away",
            "keep no session in the client that receives them (session_expiry=0)",
        )


def check(errors: Iterator[AbilityMissing]) -> None:
    """Raise the first of some errors, if there is one."""
    for error in errors:
        raise error
