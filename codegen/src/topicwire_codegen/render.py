"""The files of a generated package, from a `Protocol`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from topicwire_codegen._version import __version__
from topicwire_codegen.docstrings import docstring
from topicwire_codegen.protocol import Channel, Exchange, Protocol
from topicwire_codegen.signatures import SIGNATURES

QOS = ("AT_MOST_ONCE", "AT_LEAST_ONCE", "EXACTLY_ONCE")
# What Python's packaging takes for a version (PEP 440), roughly.
_VERSION = re.compile(
    r"v?\d+(\.\d+)*([-_.]?(a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)[-_.]?\d*)*"
    r"(\+[a-z0-9]+([-_.][a-z0-9]+)*)?",
    re.IGNORECASE,
)
_MARKDOWN_BREAK = re.compile(r"[\r\n|]+")


def make_environment() -> Environment:
    """Return an environment for the templates of this package, which has no filters yet."""
    return Environment(
        loader=PackageLoader("topicwire_codegen"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python and Markdown, not HTML
    )


_environment = make_environment()


@dataclass(frozen=True, slots=True)
class Flavour:
    """What differs between the stubs for threads and those for asyncio."""

    package: str
    client: str
    define: str
    wait: str


THREADS = Flavour("topicwire", "Client", "def", "")
ASYNCIO = Flavour("topicwire.aio", "AsyncClient", "async def", "await ")


def render_package(protocol: Protocol, package: str, spec_name: str) -> dict[str, str]:
    """Return the files of the package but `models.py`, by their paths in the output folder.

    `package` is the import name. The Python files are not formatted yet.
    """
    root = f"src/{package}"
    common = {
        "protocol": protocol,
        "package": package,
        "distribution": package.replace("_", "-"),
        # The document may call its version anything; `__version__` has it as it is there.
        "release": protocol.version if _VERSION.fullmatch(protocol.version) else "0.0.0",
        "version": __version__,
        "runtime": _compatible(__version__),
        "header": header(spec_name),
        "spec_name": spec_name,
    }
    rendered = {
        "pyproject.toml": _render("pyproject.toml.j2", common),
        "README.md": _render("README.md.j2", common),
        f"{root}/__init__.py": _render("package.py.j2", common),
        f"{root}/__main__.py": _render("main.py.j2", common),
        f"{root}/channels.py": _render("channels.py.j2", common),
        f"{root}/py.typed": "",
        f"{root}/aio/__init__.py": _render("aio.py.j2", common),
    }
    for folder, flavour, up in ((root, THREADS, "."), (f"{root}/aio", ASYNCIO, "..")):
        context = {**common, "flavour": flavour, "up": up}
        modules = ["publishers", "subscribers", "apps"]
        for name in (*modules, "requests") if protocol.exchanges else modules:
            rendered[f"{folder}/{name}.py"] = _render(f"{name}.py.j2", context)
    if protocol.compat is not None:
        rendered[f"{root}/compat.py"] = _render("compat.py.j2", common)
    return rendered


def _compatible(version: str) -> str:
    """Return the versions of the runtime that packages of a generator's version work with."""
    major, minor = map(int, version.split(".")[:2])
    return f">={major}.{minor},<{major}.{minor + 1}"


def header(spec_name: str) -> str:
    """Return the first line of every generated Python file."""
    minor = ".".join(__version__.split(".")[:2])
    return f"# Generated from {spec_name} by topicwire-codegen {minor}. DO NOT EDIT."


def _render(template: str, context: Mapping[str, object]) -> str:
    return _environment.get_template(template).render(context)


def _call(value: object, name: str) -> str:
    """Return a call that makes `value`, or "None"."""
    if value is None or not is_dataclass(value):
        return "None"
    given = ", ".join(f"{field.name}={getattr(value, field.name)!r}" for field in fields(value))
    return f"{name}({given})"


def _summary(channel: Channel) -> str:
    """Return what a channel is for, as the beginning of a sentence."""
    return channel.title.strip().rstrip(".") or channel.key


def _facts(channel: Channel) -> str:
    """Return who sends and receives on a channel, and how its messages travel."""
    extension = channel.extension
    facts = [f"QoS {channel.qos}"]
    if channel.receive_qos != channel.qos:
        facts.append(f"received with QoS {channel.receive_qos}")
    facts.append("retained" if channel.retain else extension.delivery)
    if channel.message_expiry is not None:
        facts.append(f"expires after {channel.message_expiry} s")
    if extension.signing != "off":
        facts.append(f"signature {extension.signing}")
    if extension.batch is not None:
        facts.append(
            f"batches of up to {extension.batch.max_messages} on `{channel.address}/batch`"
        )
    if extension.compression is not None:
        compression = extension.compression
        facts.append(f"{compression.codec} from {compression.threshold} bytes")
    text = f"{', '.join(facts)}."
    if not channel.senders and not channel.receivers:
        return text
    parties = f"Sent by {_names(channel.senders)}; received by {_names(channel.receivers)}."
    return f"{parties}\n{text}"


def _exchange_facts(exchange: Exchange) -> str:
    """Return who asks and answers, and where answers go."""
    where = (
        "wherever the request asks for, for requesters of this package"
        if exchange.reply.dynamic
        else "to"
    )
    text = f"Answers go {where} `{exchange.reply.address}`."
    if not exchange.requesters and not exchange.responders:
        return text
    parties = f"Asked by {_names(exchange.requesters)}; answered by {_names(exchange.responders)}."
    return f"{parties}\n{text}"


def _names(tags: tuple[str, ...]) -> str:
    return ", ".join(tags) if tags else "nobody"


def _parameter_help(channel: Channel) -> str:
    """Return what the parameters of an address stand for, as a list."""
    described = [p for p in channel.parameters if p.description]
    return "\n".join(f"- `{p.keyword}`: {' '.join(p.description.split())}" for p in described)


def _document(parts: Iterable[str], indent: int) -> str:
    """Return paragraphs as a docstring; empty ones are left out."""
    text = "\n\n".join(part.strip() for part in parts if part.strip())
    return docstring(text, indent, summary=True)


def _cell(text: str) -> str:
    return _MARKDOWN_BREAK.sub(" ", text)


_filters: dict[str, Callable[..., object]] = {
    **SIGNATURES, "call": _call, "document": _document, "summary": _summary,
    "exchange_facts": _exchange_facts, "facts": _facts, "names": _names,
    "parameter_help": _parameter_help, "cell": _cell, "qos": QOS.__getitem__, "repr": repr,
}  # fmt: skip
_environment.filters.update(_filters)
