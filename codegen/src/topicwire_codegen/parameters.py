"""The parameters of an address."""

from __future__ import annotations

import re

from topicwire_codegen.locations import read_location
from topicwire_codegen.naming import distinct
from topicwire_codegen.protocol import Parameter, parameter_keyword
from topicwire_codegen.references import Node

_PARAMETER = re.compile(r"\{([^{}]*)\}")


def make_parameters(channel: Node) -> tuple[Parameter, ...]:
    """Return the parameters in the order of the address, those too that are not declared."""
    declared = channel.get("parameters")
    nodes = dict(declared.items()) if declared is not None else {}
    used = _PARAMETER.findall(channel.text("address"))
    keywords = distinct(used, parameter_keyword, otherwise="parameter")
    return tuple(_make(name, keyword, nodes.get(name)) for name, (keyword,) in keywords.items())


def reply_parameter() -> Parameter:
    """Return the parameter that keeps the answers to one client apart from those to others."""
    return _make("requester", "requester", None)


def _make(name: str, keyword: str, node: Node | None) -> Parameter:
    fields = node.mapping() if node is not None else {}
    enum, default = fields.get("enum"), fields.get("default")
    return Parameter(
        name=name,
        keyword=keyword,
        enum=tuple(map(str, enum)) if isinstance(enum, list) else (),
        default=str(default) if default is not None else None,
        description=node.text("description") if node is not None else "",
        location=read_location(node.text("location")) if node is not None else None,
    )
