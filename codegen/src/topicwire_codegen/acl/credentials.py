"""The passwords of the apps, which are made once and kept from then on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from topicwire_codegen.acl.folder import read_text
from topicwire_codegen.output import OutputError

_BYTES = 24  # of randomness in a password; 32 characters


def read_credentials(path: Path) -> dict[str, str]:
    """Return the passwords by user, none when there is no file; raises `OutputError`."""
    text = read_text(path)
    if not text:
        return {}
    try:
        found: object = json.loads(text)
    except ValueError as error:
        raise OutputError(
            f"{path} is not JSON: {error}; mend it, or move it away to have new passwords made"
        ) from error
    entries = cast("dict[str, object]", found) if isinstance(found, dict) else {"": None}
    credentials: dict[str, str] = {}
    for user, password in entries.items():
        # MQTT has two bytes for the length of a password.
        if not isinstance(password, str) or not 0 < len(password.encode()) < 65_536:
            raise OutputError(
                f'{path} has to be an object such as {{"{user or "user"}": "password"}}, with a '
                "text for each user; mend it, or move it away to have new passwords made"
            )
        credentials[user] = password
    return credentials


def complete(credentials: dict[str, str], users: Iterable[str]) -> dict[str, str]:
    """Return the credentials with a new password for each user that has none.

    Those of users that the document does not have stay: nobody could make them again.
    """
    missing = [user for user in users if user not in credentials]
    return credentials | {user: secrets.token_urlsafe(_BYTES) for user in missing}


def render_credentials(credentials: dict[str, str]) -> str:
    """Return the text of the file."""
    return json.dumps(credentials, indent=2, ensure_ascii=False) + "\n"
