"""What the spec says of its servers: where they are, and what they ask of those who connect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

# The names that AsyncAPI's `protocol` and addresses have for the same way to a broker.
SCHEMES = {
    "mqtt": "mqtt", "mqtt5": "mqtt", "tcp": "mqtt",
    "mqtts": "mqtts", "ssl": "mqtts", "secure-mqtt": "mqtts",
    "ws": "ws", "wss": "wss",
}  # fmt: skip
_VARIABLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    """One way to show who one is, as AsyncAPI names them.

    `location` is where the credential of an `apiKey` goes (its `in`): the user name or the
    password of MQTT.
    """

    type: Literal["userPassword", "plain", "X509", "apiKey", "oauth2", "openIdConnect"]
    location: Literal["user", "password"] = "password"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerVariable:
    """A `{name}` in the address of a server. An empty `enum` allows every text."""

    name: str
    enum: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server of the spec. `host` and `pathname` may have `{variables}`, `host` a port.

    Any one of the schemes in `security` is enough; without any, everybody is let in.
    """

    name: str
    protocol: str
    host: str
    security: tuple[SecurityScheme, ...] = ()
    pathname: str = ""
    variables: tuple[ServerVariable, ...] = ()

    def url(self, **variables: str) -> str:
        """Return the address of the server for a client, with its variables filled in.

        Those that are not given have their defaults. Raises `ValueError` for one that is missing,
        unknown, or not among the values that the spec allows.
        """
        known = {variable.name: variable for variable in self.variables}
        unknown = sorted(variables.keys() - known)
        if unknown:
            raise ValueError(f"server {self.name!r} has no variable {', '.join(unknown)}")

        def value(found: re.Match[str]) -> str:
            name = found[1]
            variable = known.get(name) or ServerVariable(name=name)
            text = variables.get(name, variable.default)
            if text is None:
                raise ValueError(f"variable {name!r} of server {self.name!r} is not given")
            if variable.enum and text not in variable.enum:
                raise ValueError(
                    f"variable {name!r} of server {self.name!r} is {text!r}, allowed are "
                    f"{', '.join(map(repr, variable.enum))}"
                )
            return text

        scheme = SCHEMES.get(self.protocol.lower(), self.protocol.lower())
        host, path = (_VARIABLE.sub(value, text) for text in (self.host, self.pathname))
        # Only websockets have a path.
        path = f"/{path.lstrip('/')}" if path and scheme in ("ws", "wss") else ""
        return f"{scheme}://{host}{path}"
