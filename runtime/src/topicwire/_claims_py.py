"""What a signed message says of itself, and the exact bytes that are signed. Pure.

docs/wire.md describes both for other implementations. Every signed message passes through here in
either direction, so this one source is also compiled, as `_claims_c`.
"""

from __future__ import annotations

from topicwire import _base64url

VERSION = "1"
MAX_SENDER = 256  # characters
NONCE = 16  # bytes
_MAX_KID = 64  # characters
_MAX_DIGITS = 19
_MAX_NUMBER = 2**63 - 1
_MICROSECONDS = 1_000_000
_MAGIC = b"topicwire/sig/v1\0"
_ABSENT = b"\0\0\0\0"
_WORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"


class Refused(Exception):
    """A signature that is not to be believed: a `reason` to count by, and a `text` to read."""

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        self.text = text


class Signed:
    """What a signature vouches for once it was found valid, and only claims before that.

    `ts` is in seconds since the epoch, `kid` names the key, and `mac` is what `signature` stands
    for.
    """

    def __init__(  # noqa: PLR0917 - one for each message, and names take their time
        self,
        sender: str,
        epoch: int,
        sequence: int,
        ts: float,
        nonce: bytes,
        signature: str,
        kid: str = "",
        mac: bytes = b"",
    ) -> None:
        self.sender = sender
        self.epoch = epoch
        self.sequence = sequence
        self.ts = ts
        self.nonce = nonce
        self.signature = signature
        self.kid = kid
        self.mac = mac


def is_kid(text: str) -> bool:
    """Return whether a text can name a key: 1 to 64 of the characters A-Z a-z 0-9 . _ -"""
    if not 0 < len(text) <= _MAX_KID:
        return False
    for character in text:  # noqa: SIM110 - what is compiled to C has no generators
        if character not in _WORD:
            return False
    return True


def read_number(text: str | None) -> int | None:
    """Return a whole number that is not negative, or None if the text is none."""
    # int() would take signs, spaces, underscores and digits of every script.
    if text is None or len(text) > _MAX_DIGITS or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= _MAX_NUMBER else None


def read_claims(properties: tuple[tuple[str, str], ...]) -> Signed:
    """Return what the user properties of a message claim; raises `Refused`."""
    found = dict(properties)
    version, kid, nonce, signature = (
        found.get("sv"), found.get("kid"), found.get("n"), found.get("sig")
    )  # fmt: skip
    if version is None and kid is None and nonce is None and signature is None:
        raise Refused("unsigned", "its channel wants every message signed")
    for name in ("sv", "kid", "n", "sig", "sid", "ep", "seq", "ts"):
        if name not in found:
            raise Refused("malformed", f"header {name!r} is missing")
    if version != VERSION:
        raise Refused("malformed", f"signature version {version!r}, this client knows 1")
    epoch = read_number(found["ep"])
    sequence = read_number(found["seq"])
    ts = read_number(found["ts"])
    if epoch is None or sequence is None or ts is None:
        raise Refused("malformed", "'ep', 'seq' and 'ts' have to be whole numbers")
    sender = found["sid"]
    if not 0 < len(sender) <= MAX_SENDER or not is_kid(found["kid"]):
        raise Refused("malformed", "'sid' or 'kid' is empty or too long")
    try:
        raw = _base64url.decode(found["n"])
        mac = _base64url.decode(found["sig"])
    except ValueError as error:
        raise Refused("malformed", f"'n' or 'sig' is {error}") from None
    if len(raw) != NONCE:
        raise Refused("malformed", f"a nonce has {NONCE} bytes, this one {len(raw)}")
    return Signed(sender, epoch, sequence, ts / _MICROSECONDS, raw, found["sig"], found["kid"], mac)


def signed_bytes(  # noqa: PLR0917
    algorithm: str,
    topic: str,
    properties: tuple[tuple[str, str], ...],
    content_type: str | None,
    response_topic: str | None,
    correlation: bytes | None,
    body: bytes,
) -> bytes:
    """Return what a signature is made over: each part after its length, absent ones empty.

    Of the headers, the values count as their text on the wire; `body` is as on the wire too.
    """
    found = dict(properties)
    return b"".join([
        _MAGIC,
        _part(algorithm.encode()),
        _value(found, "kid"),
        _value(found, "sid"),
        _value(found, "ep"),
        _value(found, "seq"),
        _value(found, "ts"),
        _value(found, "n"),
        _part(topic.encode()),
        _part(content_type.encode()) if content_type is not None else _ABSENT,
        _value(found, "content-encoding"),
        _part(response_topic.encode()) if response_topic is not None else _ABSENT,
        _part(correlation) if correlation is not None else _ABSENT,
        _value(found, "schema-id"),
        len(body).to_bytes(4),
        body,
    ])  # fmt: skip


def _value(found: dict[str, str], name: str) -> bytes:
    value = found.get(name)
    return _part(value.encode()) if value is not None else _ABSENT


def _part(value: bytes) -> bytes:
    return len(value).to_bytes(4) + value
