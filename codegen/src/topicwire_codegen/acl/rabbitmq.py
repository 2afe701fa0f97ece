"""The rules as RabbitMQ's definitions (https://www.rabbitmq.com/docs/definitions).

Its MQTT plugin publishes to the exchange `amq.topic` with the topic as routing key, "/" written as
"." and "+" as "*". Each subscriber has a queue `mqtt-subscription-...` of its own, which it has to
be allowed to make (configure), to bind (write) and to consume from (read); so has a will that is
sent with a delay (`mqtt-will-...`, RabbitMQ 4). Topic permissions are regular expressions for the
routing key: of what is published, and of the *filter* that is subscribed to, not of the messages.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import cast

from topicwire_codegen.acl.rules import AppRules, Level, Topics

_VHOST = "/"
_EXCHANGE = "amq.topic"
_QUEUES = "mqtt-(subscription|will)-.*"
# Other than "$", "\z" does not let a line break pass.
_NOTHING = r"^\z"
_HASHING = "rabbit_password_hashing_sha256"
_SALT_BYTES = 4


def render_definitions(
    rules: Iterable[AppRules], credentials: Mapping[str, str], header: str, existing: str
) -> str:
    """Return the definitions; password hashes in the `existing` ones stay if they are right."""
    rules = tuple(rules)
    hashes = password_hashes(existing)
    definitions = {
        # Not a key of RabbitMQ's, which leaves unknown ones alone; JSON has no comments.
        "explanation": f"{header.lstrip('# ')} One user for each app of the document. Topics that "
        "the document does not have, such as those of dead letters, are in no rule. The passwords "
        "are in credentials.json.",
        "vhosts": [{"name": _VHOST}],
        "users": [_user(app.name, credentials[app.name], hashes) for app in rules],
        "permissions": [_permission(app) for app in rules],
        "topic_permissions": [_topic_permission(app) for app in rules],
    }
    return json.dumps(definitions, indent=2, ensure_ascii=False) + "\n"


def _user(name: str, password: str, hashes: Mapping[str, str]) -> dict[str, object]:
    known = hashes.get(name, "")
    return {
        "name": name,
        "password_hash": known if verify(password, known) else make_hash(password),
        "hashing_algorithm": _HASHING,
        "tags": [],
    }


def _permission(app: AppRules) -> dict[str, object]:
    with_exchange = f"^({_QUEUES}|{re.escape(_EXCHANGE)})$"
    return {
        "user": app.name,
        "vhost": _VHOST,
        "configure": f"^{_QUEUES}$",
        # Binding a queue writes to it, and reads from the exchange.
        "write": with_exchange if app.writes else f"^{_QUEUES}$",
        "read": with_exchange if app.reads else f"^{_QUEUES}$",
    }


def _topic_permission(app: AppRules) -> dict[str, object]:
    return {
        "user": app.name,
        "vhost": _VHOST,
        "exchange": _EXCHANGE,
        "write": routing_keys(app.writes, wildcards=False),
        "read": routing_keys(app.reads, wildcards=True),
    }


def routing_keys(topics: Iterable[Topics], *, wildcards: bool) -> str:
    """Return a regular expression for the routing keys of topics, or of filters for them.

    A subscriber that leaves out a parameter subscribes to "+" in its place, even if the parameter
    has an enumeration; so with `wildcards` that is allowed there.
    """
    choices = [
        r"\.".join(_level(level, wildcards=wildcards) for level in each.levels) for each in topics
    ]
    return rf"^({'|'.join(choices)})\z" if choices else _NOTHING


def _level(level: Level, *, wildcards: bool) -> str:
    if not level.texts:
        # "*" is one of the texts that this matches; "#", which would be everything, is not.
        return "[^.#]+" if wildcards else "[^.]+"
    # RabbitMQ does not tell a dot in a topic from a slash.
    choices = [re.escape(text) for text in level.texts]
    if wildcards and level.varies:
        choices.append(re.escape("*"))
    return choices[0] if len(choices) == 1 else f"({'|'.join(choices)})"


def password_hashes(text: str) -> dict[str, str]:
    """Return the hashes of definitions by user; none of what cannot be read."""
    try:
        found: object = json.loads(text)
    except ValueError:
        return {}
    users = cast("dict[str, object]", found).get("users") if isinstance(found, dict) else None
    hashes: dict[str, str] = {}
    for user in cast("list[object]", users) if isinstance(users, list) else ():
        if isinstance(user, dict):
            fields = cast("dict[str, object]", user)
            hashes[str(fields.get("name"))] = str(fields.get("password_hash"))
    return hashes


def make_hash(password: str) -> str:
    """Return a password as RabbitMQ stores it (https://www.rabbitmq.com/docs/passwords)."""
    return _hash(password, os.urandom(_SALT_BYTES))


def verify(password: str, hashed: str) -> bool:
    """Return whether a hash is of this password."""
    try:
        salt = b64decode(hashed, validate=True)[:_SALT_BYTES]
    except ValueError:
        return False
    return hmac.compare_digest(_hash(password, salt).encode(), hashed.encode())


def _hash(password: str, salt: bytes) -> str:
    return b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
