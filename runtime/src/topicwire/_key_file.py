"""Key rings in files and in the environment.

The format, in JSON: `{"version": 1, "keys": [{"kid": ..., "alg": "hmac-sha256" | "ed25519",
"key": ..., "private_key": ..., "senders": [...], "topics": [...], "not_before": ...,
"not_after": ..., "sign_from": ...}]}`; keys in base64url, times as in RFC 3339.
"""

from __future__ import annotations

import json
import logging
import os
import stat
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from topicwire import _base64url
from topicwire._keys import ANY, Key, KeyRing
from topicwire._log_fields import fields
from topicwire._signature import Algorithm, public_key
from topicwire._strict_json import NotStrict, check_strict
from topicwire.errors import KeyRingInvalid

log = logging.getLogger("topicwire")

_LOOK_EVERY = 1.0  # seconds


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    kid: str
    alg: Algorithm
    key: str | None = None
    private_key: str | None = None
    senders: list[str] = [ANY]
    topics: list[str] = ["#"]
    not_before: Annotated[datetime | None, Field(strict=False)] = None
    not_after: Annotated[datetime | None, Field(strict=False)] = None
    sign_from: Annotated[datetime | None, Field(strict=False)] = None


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    version: Literal[1]
    keys: list[_Record]


def parse_ring(text: str | bytes, origin: str) -> KeyRing:
    """Return the key ring in a JSON text; raises `KeyRingInvalid`, naming `origin`."""
    try:
        check_strict(text if isinstance(text, bytes) else text.encode())
        document = _Document.model_validate_json(text)
    except NotStrict as error:
        raise KeyRingInvalid(origin, str(error)) from None
    except ValidationError as error:
        # The text itself must not get into a log, so only the places are told.
        details = error.errors(include_url=False, include_input=False, include_context=False)
        shown = "; ".join(f"{_pointer(item['loc'])}: {item['msg']}" for item in details[:5])
        raise KeyRingInvalid(origin, shown) from None
    keys: list[Key] = []
    for index, record in enumerate(document.keys):
        try:
            keys.append(_key(record))
        except ValueError as error:
            raise KeyRingInvalid(origin, f"/keys/{index} ({record.kid!r}): {error}") from None
    try:
        return KeyRing(keys)
    except ValueError as error:
        raise KeyRingInvalid(origin, str(error)) from None


def format_ring(ring: KeyRing) -> str:
    """Return the JSON text of a key ring."""
    document = {"version": 1, "keys": [_fields(key) for key in ring]}
    return json.dumps(document, indent=2) + "\n"


def read_ring(path: Path | str) -> KeyRing:
    """Read a key file; raises `KeyRingInvalid` if others than its owner could read secrets."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            text = file.read()
    except OSError as error:
        raise KeyRingInvalid(str(path), str(error)) from None
    ring = parse_ring(text, str(path))
    _check_mode(path, status, secret=any(key.can_sign for key in ring))
    return ring


def write_ring(path: Path | str, ring: KeyRing) -> None:
    """Replace a key file as a whole, so that no client ever reads half of it."""
    path = Path(path)
    # mkstemp makes it readable for its owner only.
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(number, "w") as file:
            file.write(format_ring(ring))
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and os.name == "posix" and os.geteuid() == 0:
            status = path.stat()
            os.chown(name, status.st_uid, status.st_gid)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class KeySource:
    """Where the keys come from, and the ring as it is now. Safe to use from any thread.

    A file is looked at once a second when keys are used, and read again when it has changed. One
    that cannot be used is logged, and the keys that were there before are used on.
    """

    def __init__(self, source: KeyRing | Path | str) -> None:
        self._path = None if isinstance(source, KeyRing) else Path(source)
        self._ring = source if isinstance(source, KeyRing) else read_ring(source)
        self._state = self._look()
        self._next_look = 0.0
        self._lock = threading.Lock()

    def ring(self) -> KeyRing:
        """Return the keys as they are now."""
        if self._path is not None and time.monotonic() >= self._next_look:
            with self._lock:
                self._next_look = time.monotonic() + _LOOK_EVERY
                self._refresh(self._path)
        return self._ring

    def _refresh(self, path: Path) -> None:
        state = self._look()
        if state == self._state:
            return
        self._state = state
        try:
            self._ring = read_ring(path)
        except KeyRingInvalid as error:
            log.error(
                "the keys have changed but cannot be used, going on without: %s", error,
                extra=fields("keys_unusable", error, path=str(path)),
            )  # fmt: skip
        else:
            log.info(
                "%d keys were read again from %s", len(self._ring), path,
                extra=fields("keys_read", path=str(path), keys=len(self._ring)),
            )  # fmt: skip

    def _look(self) -> object:
        if self._path is None:
            return None
        try:
            found = self._path.stat()
        except OSError as error:
            return error.errno
        return found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode


def _check_mode(path: Path, status: os.stat_result, *, secret: bool) -> None:
    if os.name != "posix":
        return
    forbidden = stat.S_IWGRP | stat.S_IWOTH
    if secret:
        forbidden |= stat.S_IRGRP | stat.S_IROTH
    if status.st_mode & forbidden:
        what = "read or change" if secret else "change"
        raise KeyRingInvalid(
            str(path),
            f"others than its owner can {what} it (mode {stat.S_IMODE(status.st_mode):04o}); "
            f"run: chmod {'600' if secret else '644'} {path}",
        )
    if status.st_uid not in (0, os.geteuid()):
        raise KeyRingInvalid(
            str(path), f"belongs to user {status.st_uid}, neither to this one nor to root"
        )


def _key(record: _Record) -> Key:
    private = _decode("private_key", record.private_key)
    key = _decode("key", record.key)
    if record.alg == "ed25519" and private is not None and len(private) == 32:
        derived = public_key(private)
        if key is not None and key != derived:
            raise ValueError("key is not the public key of private_key")
        key = derived
    if key is None:
        raise ValueError("key is missing")
    return Key(
        kid=record.kid,
        algorithm=record.alg,
        key=key,
        private_key=private,
        senders=tuple(record.senders),
        topics=tuple(record.topics),
        not_before=_seconds("not_before", record.not_before),
        not_after=_seconds("not_after", record.not_after),
        sign_from=_seconds("sign_from", record.sign_from),
    )


def _fields(key: Key) -> dict[str, object]:
    fields: dict[str, object] = {
        "kid": key.kid,
        "alg": key.algorithm,
        "key": _base64url.encode(key.key),
        "senders": list(key.senders),
        "topics": list(key.topics),
    }
    if key.private_key is not None:
        fields["private_key"] = _base64url.encode(key.private_key)
    for name in ("not_before", "not_after", "sign_from"):
        seconds: float | None = getattr(key, name)
        if seconds is not None:
            fields[name] = time_text(seconds)
    return fields


def time_text(seconds: float) -> str:
    """Return a time in seconds since the epoch as RFC 3339 writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _seconds(name: str, moment: datetime | None) -> float | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"{name} says no time zone; write for example 2026-12-31T00:00:00Z")
    seconds = moment.timestamp()
    try:
        time_text(seconds)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is not in the years 1 to 9999 of UTC") from None
    return seconds


def _decode(name: str, text: str | None) -> bytes | None:
    try:
        return None if text is None else _base64url.decode(text)
    except ValueError as error:
        raise ValueError(f"{name} is {error}") from None


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join(f"/{part}" for part in location) or "(document)"
