"""What kind of broker it is, and what it would lose of the channels without a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topicwire._greeting import Greeting
from topicwire._profile import KNOWN, BrokerProfile, missed, profile_of, shortcomings
from topicwire.command._doctor.examination import Examination
from topicwire.command._doctor.finding import Finding, note, ok, problem
from topicwire.errors import AbilityMissing

_CHECK = "profile"
_WORDS = {
    "retained_to_wildcards": "retained messages to wildcards",
    "retained_across_nodes": "retained messages at other nodes",
    "session_failover": "a session at another node",
    "message_expiry": "expiry of what waits in sessions",
    "will": "wills",
}


def check_profile(examination: Examination, greetings: Mapping[str, Greeting]) -> Iterator[Finding]:
    """Yield what is known of the broker that has answered with a greeting for each version."""
    program = examination.access.of_program
    version = program.get("mqtt_version", "5" if "5" in greetings else "3.1.1")
    greeting = greetings.get(version)
    if greeting is None:
        return
    given = profile_of(program.get("broker", ""))
    profile = given if given != BrokerProfile() else KNOWN.get(greeting.broker, given)
    lacks = ", ".join(_lacks(profile, greeting)) or "nothing"
    if not profile.name:
        said = "" if version == "5" else ", which over 3.1.1 is nothing"
        yield note(
            _CHECK,
            f"not recognised, so taken at its word{said}; not promised: {lacks}",
            f"TOPICWIRE_BROKER={'|'.join(KNOWN)} if it is one of these; `topicwire.brokers.probe` "
            "tries any other",
        )
        return
    how = "as the settings say" if profile is given else "recognised by its greeting"
    yield ok(_CHECK, f"{profile.name}, {how}; not promised: {lacks}")
    # A channel and its batches lose the same.
    for error in {error.loss: error for error in _missing(examination, profile)}.values():
        if examination.app is None:
            yield note(_CHECK, error.loss, error.remedy)
        else:
            yield problem(_CHECK, error.loss, error.remedy)


def _lacks(profile: BrokerProfile, greeting: Greeting) -> Iterator[str]:
    """Yield what the broker says, or is known, not to do."""
    if not greeting.shared_subscriptions:
        yield "shared subscriptions"
    if greeting.maximum_qos < 2:
        yield f"QoS above {greeting.maximum_qos}"
    if not greeting.retain_available:
        yield "retained messages"
    for name, words in _WORDS.items():
        if getattr(profile, name) is False:
            yield words


def _missing(examination: Examination, profile: BrokerProfile) -> Iterator[AbilityMissing]:
    """Yield what a program that receives the channels would be refused."""
    settings = examination.program()
    yield from shortcomings(profile, settings)
    for entry in examination.received():
        for name in entry.channel.filters({}):
            yield from missed(profile, settings, entry.channel, name)
