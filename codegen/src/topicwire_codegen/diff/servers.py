"""Servers: whether clients still find the broker, and are let in."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.diff.findings import (
    Direction,
    Finding,
    Level,
    Verdict,
    Words,
    finding,
    place,
)
from topicwire_codegen.diff.versions import Comparison
from topicwire_codegen.protocol import SecurityScheme
from topicwire_codegen.servers import mqtt_servers, server_binding

_SESSION = {
    "keepAlive": "a client that has gone is noticed at another time",
    "cleanSession": "the broker keeps, or does not keep, what comes while a client is away",
    "sessionExpiryInterval": "clients that are away for long miss more or less than before",
}


def compare_servers(comparison: Comparison) -> Iterator[Finding]:
    """Yield what changes for those who connect."""
    old_nodes = dict(mqtt_servers(comparison.old.workspace))
    new_nodes = dict(mqtt_servers(comparison.new.workspace))
    after = {server.name: server for server in comparison.new.built.protocol.servers}
    for server in comparison.old.built.protocol.servers:
        old, now = old_nodes[server.name], after.get(server.name)
        if now is None:
            yield finding(
                Level.TOPIC,
                "server-removed",
                Direction.EITHER,
                (place(old), place(comparison.new.workspace.root, "/servers")),
                Words(
                    f"server {server.name!r} was removed",
                    "clients that connect to it may not find a broker there any more",
                    "keep it as long as it can be reached",
                ),
                verdict=Verdict.POSSIBLY,
            )
            continue
        new = new_nodes[server.name]
        for field, before, changed in (
            ("host", server.host, now.host), ("protocol", server.protocol, now.protocol)
        ):  # fmt: skip
            if before != changed:
                yield finding(
                    Level.TOPIC,
                    "server",
                    Direction.EITHER,
                    (place(old, f"/{field}"), place(new, f"/{field}")),
                    Words(
                        f"{field} of server {server.name!r}: {before} -> {changed}",
                        "old clients look for the broker elsewhere, or in another way",
                        "keep the old one as a server of its own as long as it can be reached",
                    ),
                    verdict=Verdict.POSSIBLY,
                )
        if _is_stricter(server.security, now.security):
            yield finding(
                Level.TOPIC,
                "security",
                Direction.EITHER,
                (place(old, "/security"), place(new, "/security")),
                Words(
                    f"server {server.name!r} asks for {_schemes(now.security)}, "
                    f"and not {_schemes(server.security)}",
                    "clients that were let in are not any more",
                    "let both in until all clients have what is asked for",
                ),
            )
    yield from _session(comparison)


def _session(comparison: Comparison) -> Iterator[Finding]:
    old, new = (server_binding(version.workspace) for version in (comparison.old, comparison.new))
    roots = comparison.old.workspace.root, comparison.new.workspace.root
    for key, meaning in _SESSION.items():
        before = old.mapping().get(key) if old is not None else None
        now = new.mapping().get(key) if new is not None else None
        if before != now:
            yield finding(
                Level.TOPIC,
                "session",
                Direction.EITHER,
                (place(old or roots[0], f"/{key}"), place(new or roots[1], f"/{key}")),
                Words(
                    f"{key}: {before} -> {now}", meaning, "make sure that clients can do with it"
                ),
                verdict=Verdict.COMPATIBLE if key == "keepAlive" else Verdict.POSSIBLY,
            )


def _is_stricter(before: tuple[SecurityScheme, ...], now: tuple[SecurityScheme, ...]) -> bool:
    """Return whether one of the old ways in is closed; no schemes let everybody in."""
    return bool(now) and (not before or not set(before) <= set(now))


def _schemes(schemes: tuple[SecurityScheme, ...]) -> str:
    return " or ".join(scheme.type for scheme in schemes) if schemes else "nothing"
