"""The files of a generated package, from a `Protocol`."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from topicwire_codegen.protocol import App, Channel, Parameter, Protocol

VERSION = "0.1.0"
QOS = ("AT_MOST_ONCE", "AT_LEAST_ONCE", "EXACTLY_ONCE")
_MARKDOWN_BREAK = re.compile(r"[\r\n|]+")

_environment = Environment(
    loader=PackageLoader("topicwire_codegen"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - Python and Markdown, not HTML
)


@dataclass(frozen=True, slots=True)
class Flavour:
    """What differs between the stubs for threads and those for asyncio."""

    package: str
    client: str
    define: str
    wait: str
    example: str


THREADS = Flavour("topicwire", "Client", "def", "", "def handler")
ASYNCIO = Flavour("topicwire.aio", "AsyncClient", "async def", "await ", "async def handler")


def render_package(protocol: Protocol, package: str, spec_name: str) -> dict[str, str]:
    """Return the files of the package but `models.py`, by their paths in the output folder.

    `package` is the import name. The Python files are not formatted yet.
    """
    root = f"src/{package}"
    common = {
        "protocol": protocol,
        "package": package,
        "distribution": package.replace("_", "-"),
        "version": VERSION,
        "header": header(spec_name),
        "spec_name": spec_name,
    }
    rendered = {
        "pyproject.toml": _render("pyproject.toml.j2", common),
        "README.md": _render("README.md.j2", common),
        f"{root}/__init__.py": _render("package.py.j2", common),
        f"{root}/channels.py": _render("channels.py.j2", common),
        f"{root}/py.typed": "",
        f"{root}/aio/__init__.py": _render("aio.py.j2", common),
    }
    for folder, flavour, up in ((root, THREADS, "."), (f"{root}/aio", ASYNCIO, "..")):
        context = {**common, "flavour": flavour, "up": up}
        for name in ("publishers", "subscribers", "apps"):
            rendered[f"{folder}/{name}.py"] = _render(f"{name}.py.j2", context)
    return rendered


def header(spec_name: str) -> str:
    """Return the first line of every generated Python file."""
    minor = ".".join(VERSION.split(".")[:2])
    return f"# Generated from {spec_name} by topicwire-codegen {minor}. DO NOT EDIT."


def _render(template: str, context: Mapping[str, object]) -> str:
    return _environment.get_template(template).render(context)


def _models(models: tuple[str, ...]) -> str:
    """Return the type of a payload that can be any of these classes."""
    return " | ".join(f"models.{model}" for model in models)


def _value_type(parameter: Parameter) -> str:
    if not parameter.enum:
        return "str"
    return f"Literal[{', '.join(map(repr, parameter.enum))}]"


def _send_arguments(channel: Channel) -> str:
    """Return the signature of `publish` behind `self`."""
    arguments = [f"message: {_models(channel.models)}", "/"]
    if channel.parameters:
        arguments.append("*")
        arguments += [
            f"{p.keyword}: {_value_type(p)}" + (f" = {p.default!r}" if p.default else "")
            for p in channel.parameters
        ]
    return ", ".join(arguments)


def _filter_arguments(channel: Channel) -> str:
    return ", ".join(f"{p.keyword}: {_value_type(p)} | None = None" for p in channel.parameters)


def _dictionary(channel: Channel) -> str:
    """Return the address parameters by their names in the spec."""
    return "{" + ", ".join(f"{p.name!r}: {p.keyword}" for p in channel.parameters) + "}"


def _keywords(channel: Channel) -> str:
    return ", ".join(f"{p.keyword}={p.keyword}" for p in channel.parameters)


def _call(value: object, name: str) -> str:
    """Return a call that makes `value`, or "None"."""
    if value is None or not is_dataclass(value):
        return "None"
    given = ", ".join(f"{field.name}={getattr(value, field.name)!r}" for field in fields(value))
    return f"{name}({given})"


def _docstring(text: str, indent: int = 4) -> str:
    """Return `text` as a docstring, whatever is in it."""
    text = " ".join(text.split()) if "\n" not in text.strip() else text.strip()
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if text.endswith('"'):
        text = text[:-1] + '\\"'
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += textwrap.wrap(paragraph, 96 - indent, break_long_words=False) or [""]
    if len(lines) == 1:
        return f'"""{lines[0]}"""'
    margin = " " * indent
    body = "\n".join(f"{margin}{line}".rstrip() for line in lines[1:])
    return f'"""{lines[0]}\n{body}\n{margin}"""'


def _about(channel: Channel) -> str:
    """Return what the docstrings of a channel's stubs say of it."""
    facts = [f"Address `{channel.address}`, QoS {channel.qos}"]
    if channel.retain:
        facts.append("retained")
    if channel.message_expiry is not None:
        facts.append(f"expires after {channel.message_expiry} s")
    lines = ["", ", ".join(facts) + "."]
    if channel.senders:
        lines.append(f"Sent by {_names(channel.senders)}; received by {_names(channel.receivers)}.")
    if channel.extension.signing == "required":
        lines.append("Messages have to be signed.")
    if channel.description:
        lines += ["", *" ".join(channel.description.split()).split("\n")]
    return "\n".join(lines)


def _names(tags: tuple[str, ...]) -> str:
    return ", ".join(tags) if tags else "nobody"


def _parameter_help(channel: Channel) -> str:
    described = [p for p in channel.parameters if p.description]
    if not described:
        return ""
    return "\n\n" + "\n".join(
        f"`{p.keyword}`: {' '.join(p.description.split())}" for p in described
    )


def _cell(text: str) -> str:
    return _MARKDOWN_BREAK.sub(" ", text)


def _app_text(app: App) -> str:
    return " ".join(app.description.split()) or f"The app `{app.tag}`."


_filters: dict[str, Callable[..., str]] = {
    "models": _models, "send_arguments": _send_arguments, "filter_arguments": _filter_arguments,
    "dictionary": _dictionary, "keywords": _keywords, "call": _call, "docstring": _docstring,
    "about": _about, "names": _names, "parameter_help": _parameter_help, "cell": _cell,
    "app_text": _app_text, "qos": QOS.__getitem__, "repr": repr,
}  # fmt: skip
_environment.filters.update(_filters)
