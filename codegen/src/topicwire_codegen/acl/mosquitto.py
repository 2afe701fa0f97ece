"""The rules as mosquitto reads them (mosquitto.conf(5), "acl_file" and "password_file")."""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from topicwire_codegen.acl.rules import AppRules

# What mosquitto_passwd of mosquitto 2.0 writes: PBKDF2 with HMAC-SHA512.
_KIND = "7"
_ITERATIONS = 101
_SALT_BYTES = 12
_KEY_BYTES = 64


def render_acl(rules: Iterable[AppRules], header: str) -> str:
    """Return an access list in which each app may write what it sends and read what it receives."""
    lines = [
        header,
        "# One user for each app of the document, who may write what the app sends and read what",
        "# it receives. Topics that the document does not have, such as $SYS and those of dead",
        "# letters, are in no rule; give them to whom they are for in rules of your own.",
    ]
    for app in rules:
        lines += ["", f"user {app.name}"]
        lines += [f"topic write {each}" for topics in app.writes for each in topics.filters]
        lines += [f"topic read {each}" for topics in app.reads for each in topics.filters]
    return "\n".join(lines) + "\n"


def render_passwords(credentials: Mapping[str, str], existing: str) -> str:
    """Return a password file; hashes in the `existing` one stay as long as they are right.

    It has no remarks: mosquitto_passwd of 2.0 takes them for damage, and empties the file.
    """
    hashes = password_hashes(existing)
    lines: list[str] = []
    for user, password in credentials.items():
        known = hashes.get(user, "")
        lines.append(f"{user}:{known if verify(password, known) else make_hash(password)}")
    return "\n".join(lines) + "\n"


def password_hashes(text: str) -> dict[str, str]:
    """Return the hashes of a password file by user, "" where there is none."""
    return dict(_entries(text))


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        user, _, hashed = line.partition(":")
        if line.strip() and not line.startswith("#"):
            yield user, hashed


def make_hash(password: str) -> str:
    """Return a password as mosquitto stores it, with a new salt."""
    salt = os.urandom(_SALT_BYTES)
    key = _derive(password, salt, _ITERATIONS, _KEY_BYTES)
    return f"${_KIND}${_ITERATIONS}${b64encode(salt).decode()}${b64encode(key).decode()}"


def verify(password: str, hashed: str) -> bool:
    """Return whether a hash is of this password, and of the strength that `make_hash` gives."""
    try:
        before, kind, iterations, salt, key = hashed.split("$")
        expected = b64decode(key, validate=True)
        derived = _derive(password, b64decode(salt, validate=True), int(iterations), _KEY_BYTES)
    except ValueError:
        return False
    strong = (before, kind) == ("", _KIND) and int(iterations) >= _ITERATIONS
    return strong and hmac.compare_digest(derived, expected)


def _derive(password: str, salt: bytes, iterations: int, length: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations, length)


def render_configuration(acl: Path, passwords: Path, header: str) -> str:
    """Return the beginning of a configuration, safe as it is, to be completed by hand."""
    return f"""\
{header}
# A beginning: complete it by hand. It is written once and never changed afterwards.

allow_anonymous false

# mosquitto looks for relative paths in the folder that it is started in, so these are absolute.
# Change them when you copy the files to the broker's machine.
acl_file {acl}
password_file {passwords}

# Without TLS, passwords can be read on the way, so this listens on loopback only.
listener 1883 127.0.0.1

# For everybody else, with TLS:
#listener 8883
#certfile /path/to/server.pem
#keyfile /path/to/server.key

# With client certificates too; the user is then the certificate's common name (CN):
#cafile /path/to/ca.pem
#require_certificate true
#use_identity_as_username true
"""
