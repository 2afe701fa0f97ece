"""What the broker's answers mean: to CONNECT, for trying again, and to PUBLISH.

Codes are those of MQTT 5.0, section 2.4; paho translates the return codes of MQTT 3.1.1 to them.
"""

from __future__ import annotations

UNSUPPORTED_PROTOCOL_VERSION = 0x84

# Trying again with the same settings gives the same answer.
_FATAL = {
    0x81: "malformed packet",
    0x82: "protocol error",
    0x84: "the broker speaks neither MQTT 5 nor MQTT 3.1.1",
    0x85: "the broker does not accept this client id",
    0x86: "bad user name or password",
    0x87: "not authorized; check user name, password and the broker's access rules",
    0x8A: "this client is banned",
    0x8C: "the broker does not know this authentication method",
    0x90: "the topic of the will is not accepted",
    0x95: "the will is larger than the broker accepts",
    0x99: "the payload of the will does not have the format it claims",
    0x9A: "the broker does not support retained messages, and the will is one",
    0x9B: "the broker does not support the QoS of the will",
}

_RETRIABLE = {
    0x80: "unspecified error",
    0x83: "implementation-specific error",
    0x88: "the broker is unavailable",
    0x89: "the broker is busy",
    0x97: "quota exceeded",
    0x9C: "use another server",
    0x9D: "the server has moved",
    0x9F: "connection rate exceeded",
}

_PUBLISH = {
    0x80: "unspecified error",
    0x83: "implementation-specific error",
    0x87: "not authorized; check the broker's access rules",
    0x90: "topic name invalid",
    0x91: "packet identifier in use",
    0x95: "packet too large",
    0x97: "quota exceeded",
    0x99: "the payload does not have the format it claims",
}


def is_fatal(code: int) -> bool:
    """Return whether a CONNACK with this reason code makes further attempts pointless."""
    return code in _FATAL


def explain(code: int) -> str:
    """Return what a CONNACK's reason code means, for an error message."""
    text = _FATAL.get(code) or _RETRIABLE.get(code) or "unknown reason"
    return f"{text} (reason code {code})"


def explain_publish(code: int) -> str:
    """Return what the reason code of a PUBACK or PUBREC means, for an error message."""
    return f"{_PUBLISH.get(code, 'unknown reason')} (reason code {code})"
