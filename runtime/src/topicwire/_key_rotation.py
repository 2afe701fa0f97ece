"""Making keys, and having one follow another. Pure but for the random numbers."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from topicwire._key_file import time_text
from topicwire._keys import ED25519_KEY, Key, KeyRing
from topicwire._signature import Algorithm, public_key
from topicwire._signing import WINDOW

DAY = 86_400.0
_SOON = 14 * DAY
_DATE = re.compile(r"-\d{4}-\d\d-\d\d(-\d+)?$")


def new_key(
    algorithm: Algorithm,
    kid: str,
    *,
    senders: Sequence[str] = ("*",),
    topics: Sequence[str] = ("#",),
    now: float | None = None,
    not_after: float | None = None,
    sign_from: float | None = None,
) -> Key:
    """Make a key that is believed from `now` on, in seconds since the epoch (None: this moment)."""
    now = time.time() if now is None else now
    secret = secrets.token_bytes(ED25519_KEY)
    private = secret if algorithm == "ed25519" else None
    return Key(
        kid=kid,
        algorithm=algorithm,
        key=secret if private is None else public_key(private),
        private_key=private,
        senders=tuple(senders),
        topics=tuple(topics),
        # A receiver's clock may be a little behind.
        not_before=_whole(now - WINDOW),
        not_after=_whole(not_after) if not_after is not None else None,
        sign_from=_whole(sign_from) if sign_from is not None else None,
    )


def free_kid(ring: KeyRing, stem: str, now: float) -> str:
    """Return a name for a new key, of a stem and the date, that the ring does not have."""
    stem = re.sub(r"[^A-Za-z0-9._-]", "", _DATE.sub("", stem))[:48] or "key"
    day = f"{stem}-{datetime.fromtimestamp(now, UTC):%Y-%m-%d}"
    kid, number = day, 1
    while ring.get(kid) is not None:
        number += 1
        kid = f"{day}-{number}"
    return kid


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A ring in which `new` follows `old`: it signs from `switch` on, `old` is over at `end`."""

    ring: KeyRing
    old: Key
    new: Key
    switch: float
    end: float


def rotate(
    ring: KeyRing, kid: str, new_kid: str | None, *, lead: float, overlap: float, now: float
) -> Rotation:
    """Make a key that follows another; `lead` and `overlap` in seconds.

    The new key is believed at once and signs after `lead`, when all receivers have it. The old
    one is believed for `overlap` after that: as long as messages may wait on their way. Raises
    `ValueError` for a key that cannot be followed.
    """
    old = ring.get(kid)
    if old is None:
        known = ", ".join(repr(key.kid) for key in ring) or "none"
        raise ValueError(f"there is no key {kid!r}; there are {known}")
    if not old.can_sign:
        raise ValueError(f"key {kid!r} only verifies; rotate it where its private_key is")
    if old.not_after is not None and old.not_after <= now:
        raise ValueError(f"key {kid!r} is over already; make a new one")
    switch = now + lead
    end = switch + overlap
    new = new_key(
        old.algorithm,
        new_kid or free_kid(ring, kid, now),
        senders=old.senders,
        topics=old.topics,
        now=now,
        # It lasts as long as the old one was meant to.
        not_after=_lasting(old, end, now),
        sign_from=switch,
    )
    over = replace(old, not_after=_whole(min(end, old.not_after or end)))
    keys = [over if key is old else key for key in ring]
    return Rotation(ring=KeyRing([*keys, new]), old=over, new=new, switch=switch, end=end)


def public_part(ring: KeyRing) -> KeyRing:
    """Return the ring for those who only verify; raises `ValueError` for keys without such."""
    secret = [key.kid for key in ring if key.algorithm == "hmac-sha256"]
    if secret:
        raise ValueError(
            f"{', '.join(secret)} of hmac-sha256 have no public part; who verifies with them could "
            "sign too"
        )
    return KeyRing(replace(key, private_key=None, sign_from=None) for key in ring)


def with_keys(ring: KeyRing, others: KeyRing) -> KeyRing:
    """Return the ring with what verifies of others; raises `ValueError` where a kid is taken."""
    keys = {key.kid: key for key in ring}
    for other in others:
        known = keys.get(other.kid)
        if known is not None and known.key != other.key:
            raise ValueError(f"there is another key {other.kid!r} already")
        if known is None or not known.can_sign:
            keys[other.kid] = replace(other, private_key=None)
        else:
            # Its times may have changed where it is looked after, but this one signs.
            keys[other.kid] = replace(known, not_after=other.not_after)
    return KeyRing(keys.values())


def state(key: Key, now: float) -> str:
    """Return in words what a key is good for now."""
    if key.signs_at(now):
        return "signs and verifies"
    if key.verifies_at(now):
        return "verifies, signs later" if key.can_sign else "verifies"
    return "over" if key.not_after is not None and key.not_after <= now else "not yet valid"


def findings(ring: KeyRing, now: float) -> Iterator[str]:
    """Yield what is to be done about the keys of a ring."""
    if not len(ring):
        yield "there is no key in it"
    for key in ring:
        if key.not_after is None:
            continue
        if key.not_after <= now:
            yield f"key {key.kid!r} is over since {time_text(key.not_after)}; it can be removed"
        elif key.not_after <= now + _SOON and not _has_successor(ring, key, now):
            days = (key.not_after - now) / DAY
            yield f"key {key.kid!r} is over in {days:.1f} days; rotate it"


def _has_successor(ring: KeyRing, key: Key, now: float) -> bool:
    return any(
        other is not key
        and set(other.senders) >= set(key.senders)
        and set(other.topics) >= set(key.topics)
        and (other.not_after is None or other.not_after > now + _SOON)
        for other in ring
    )


def _lasting(old: Key, end: float, now: float) -> float | None:
    if old.not_after is None:
        return None
    return max(end, now) + old.not_after - max(old.not_before or now, old.sign_from or 0.0)


def _whole(seconds: float) -> float:
    return float(int(seconds))
