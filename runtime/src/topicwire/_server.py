"""What the spec says of its servers: where they are, and what they ask of those who connect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    """One way to show who one is, as AsyncAPI names them.

    `location` is where the credential of an `apiKey` goes (its `in`): the user name or the
    password of MQTT.
    """

    type: Literal["userPassword", "plain", "X509", "apiKey", "oauth2", "openIdConnect"]
    location: Literal["user", "password"] = "password"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server of the spec. `host` may have `{variables}` and a port, as it stands there.

    Any one of the schemes in `security` is enough; without any, everybody is let in.
    """

    name: str
    protocol: str
    host: str
    security: tuple[SecurityScheme, ...] = ()
