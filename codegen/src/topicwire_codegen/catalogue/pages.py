"""The pages of the catalogue, as Markdown and drawings, from a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from topicwire_codegen.build import Built, build
from topicwire_codegen.catalogue.diagram import draw
from topicwire_codegen.catalogue.payloads import PayloadDescription, Payloads
from topicwire_codegen.catalogue.rendering import app_slug, render
from topicwire_codegen.catalogue.snippets import app_snippet, channel_snippet
from topicwire_codegen.catalogue.versions import read_versions, steps
from topicwire_codegen.generate import validate
from topicwire_codegen.protocol import BYTES, App, Channel, Protocol


def make_catalogue(spec: Path, package: str, versions: Path | None = None) -> dict[str, str]:
    """Return the files of the catalogue by their paths in its folder; `index.md` is the first page.

    `package` is the import name of the generated package. With a folder of older `versions` there
    is a changelog. Raises `SpecError` for a document that is not valid, and `OutputError` where
    there are no versions. The same document always gives the same files.
    """
    built = build(validate(spec, conventions=False, official=False))
    files = _Catalogue(built, package).files()
    if versions is not None:
        found = steps(read_versions(versions), spec, built.protocol.version)
        files["changelog.md"] = render("changelog.md", steps=found, spec=spec.name)
    return files


class _Catalogue:
    def __init__(self, built: Built, package: str) -> None:
        self._protocol = built.protocol
        self._payloads = Payloads(built)
        self._apps = [app.tag for app in built.protocol.apps]
        self._slugs = {app.tag: app_slug(app) for app in built.protocol.apps}
        self._package = package

    def files(self) -> dict[str, str]:
        files = dict(self._index())
        for channel in self._protocol.channels:
            files[f"channels/{channel.attribute}.md"] = self._channel(channel)
        for app in self._protocol.apps:
            files |= self._app(app)
        listed = [self._payloads.describe(name, "") for name in self._payloads.names]
        files["payloads.md"] = self._render("payloads.md", listed=listed)
        return files

    def _index(self) -> Iterator[tuple[str, str]]:
        protocol = self._protocol
        drawing = draw(
            protocol.channels, f"{protocol.title}: who sends what to whom", self._links(""),
            apps=self._apps,
        )  # fmt: skip
        if drawing:
            yield "channels.svg", drawing
        summary, heading, details = protocol.description.partition("\n#")
        yield (
            "index.md",
            self._render(
                "index.md", protocol=protocol, groups=_groups(protocol), summary=summary.strip(),
                details=f"{heading}{details}".strip(), drawing="channels.svg" if drawing else "",
            ),
        )  # fmt: skip

    def _channel(self, channel: Channel) -> str:
        exchanges = [
            each for each in self._protocol.exchanges if channel in (each.request, each.reply)
        ]
        return self._render(
            "channel.md", channel=channel, exchanges=exchanges,
            payloads={name: self._payload(name) for name in channel.models},
            snippet=channel_snippet(channel, self._payloads, self._package),
        )  # fmt: skip

    def _payload(self, name: str) -> PayloadDescription | None:
        return self._payloads.describe(name, "../payloads.md") if name != BYTES else None

    def _app(self, app: App) -> dict[str, str]:
        slug, links = app_slug(app), self._links("../")
        sent = [sending.channel for sending in app.sends]
        drawings = {
            f"apps/{slug}_sends.svg": draw(
                sent, f"What {app.tag} sends", links, senders=[app.tag], apps=self._apps
            )
            if sent
            else "",
            f"apps/{slug}_receives.svg": draw(
                app.receives, f"What {app.tag} receives", links, receivers=[app.tag],
                apps=self._apps,
            )
            if app.receives
            else "",
        }  # fmt: skip
        directions = [
            (heading, preposition, Path(name).name, channels)
            for heading, preposition, name, channels in zip(
                ("Sends", "Receives"), ("to", "from"), drawings, (sent, app.receives), strict=True
            )
            if channels
        ]
        page = self._render(
            "app.md", app=app, directions=directions,
            snippet=app_snippet(app, self._payloads, self._package),
        )  # fmt: skip
        return {f"apps/{slug}.md": page} | {name: text for name, text in drawings.items() if text}

    def _links(self, up: str) -> Mapping[str, str]:
        channels = {
            channel.key: f"{up}channels/{channel.attribute}.md"
            for channel in self._protocol.channels
        }
        return channels | {f"app:{tag}": f"{up}apps/{slug}.md" for tag, slug in self._slugs.items()}

    def _render(self, template: str, **context: object) -> str:
        return render(
            template,
            package=self._package,
            slugs=self._slugs,
            names=self._payloads.names,
            **context,
        )


def _groups(protocol: Protocol) -> list[tuple[str, list[Channel]]]:
    """Return the channels by their first category, in the order of the document."""
    groups: dict[str, list[Channel]] = {}
    for channel in protocol.channels:
        groups.setdefault(next(iter(channel.categories), ""), []).append(channel)
    return list(groups.items())
