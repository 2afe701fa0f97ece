"""Templates of the catalogue, and how what a document says becomes Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping

from jinja2 import pass_context
from jinja2.runtime import Context

from topicwire_codegen.catalogue.markdown import MARK, cell, code, escape
from topicwire_codegen.naming import snake_name
from topicwire_codegen.protocol import App, Channel, Parameter
from topicwire_codegen.render import make_environment
from topicwire_codegen.signatures import SIGNATURES

_QUALITIES = (
    "0, at most once: may be lost with the connection",
    "1, at least once: may come again",
    "2, exactly once",
)
_DELIVERIES = {
    "live": "live: worth something for seconds; who is away misses it",
    "durable": "durable: kept until it has arrived, handled once",
    "retained": "retained: the broker keeps the last one for whoever comes later",
}
_environment = make_environment()
_BLANK_LINES = re.compile(r"\n{3,}")


def render(template: str, **context: object) -> str:
    """Return a page or a program; a page begins with the mark of what is generated."""
    text = _environment.get_template(f"catalogue/{template}.j2").render(context)
    if not template.endswith(".md"):
        return text
    text = _BLANK_LINES.sub("\n\n", text).strip()
    return f"{MARK}\n\n{text}\n"


def app_slug(app: App) -> str:
    """Return what the page of an app is called."""
    return snake_name(app.name)


def _quality(channel: Channel) -> str:
    text = _QUALITIES[channel.qos]
    if channel.receive_qos != channel.qos:
        text += f"; received with {channel.receive_qos}"
    return text


def _delivery(channel: Channel) -> str:
    return _DELIVERIES[channel.extension.delivery]


def _how(channel: Channel) -> str:
    """Return how the messages of a channel travel, in a few words."""
    extension = channel.extension
    facts = [extension.delivery, f"QoS {channel.qos}"]
    if channel.message_expiry is not None:
        facts.append(f"{channel.message_expiry} s")
    if extension.signing != "off":
        facts.append("signed" if extension.signing == "required" else "may be signed")
    if extension.batch is not None:
        facts.append("batches")
    return ", ".join(facts)


def _values(parameter: Parameter) -> str:
    """Return what may stand for a parameter of an address."""
    values = " or ".join(map(code, parameter.enum)) or "any text"
    default = f" ({code(parameter.default)} if nothing is given)" if parameter.default else ""
    about = f": {cell(parameter.description)}" if parameter.description else ""
    return f"{values}{default}{about}"


def _names(tags: Iterable[str]) -> str:
    return ", ".join(map(escape, tags)) or "nobody"


@pass_context
def _app_links(context: Context, tags: Iterable[str], up: str, own: str = "") -> str:
    """Return apps as links to their pages; `own` is the app of this page, which gets none."""
    slugs: Mapping[str, str] = context["slugs"]
    return ", ".join(
        f"[{escape(tag)}]({up}apps/{slugs[tag]}.md)" if tag in slugs and tag != own else escape(tag)
        for tag in tags
    ) or "nobody"  # fmt: skip


@pass_context
def _model_link(context: Context, model: str, page: str) -> str:
    names: Container[str] = context["names"]
    return f"[{model}]({page}#{model.lower()})" if model in names else model


def _channel_link(channel: Channel) -> str:
    return f"[{escape(channel.key)}]({channel.attribute}.md)"


_filters: dict[str, Callable[..., object]] = {
    "app_links": _app_links, "cell": cell, "channel_link": _channel_link, "code": code,
    "delivery": _delivery, "escape": escape,
    "how": _how, "link": _model_link, "models": SIGNATURES["models"], "names": _names,
    "quality": _quality, "slug": app_slug, "values": _values,
}  # fmt: skip
_environment.filters.update(_filters)
