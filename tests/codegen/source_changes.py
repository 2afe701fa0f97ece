"""Changes of a document, each with code for the old stubs that uses what is changed.

Each stands in a part of its own of one document: `Xx` in it becomes the name of the change, `xx`
the same with a small first letter, `x_x` its name in snake case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STR, INT, FLOAT = {"type": "string"}, {"type": "integer"}, {"type": "number"}
Part = dict[str, Any]


def obj(*required: str, **properties: object) -> Part:
    return {"type": "object", "required": list(required), "properties": properties,
            "additionalProperties": False}  # fmt: skip


def message(schema: object, **more: object) -> Part:
    return {"payload": schema, **more}


def part(
    *schemas: Part,
    messages: Part | None = None,
    channel: Part | None = None,
    operations: Part | None = None,
    key: str = "xx",
    named: Part | None = None,
) -> Part:
    """Return a part of a document: a channel, usually with one message, and two operations."""
    components = {**({"Xx": schemas[0]} if schemas else {}), **(named or {})}
    listed = messages or {"xx": message({"$ref": "#/components/schemas/Xx"})}
    whole = {
        "address": "xx",
        "tags": [{"name": "xx things"}],
        "messages": listed,
        **(channel or {}),
    }
    here = {"$ref": f"#/channels/{key}"}
    both = {
        "sendXx": {"action": "send", "channel": here, "tags": [{"name": "xx app"}]},
        "receiveXx": {"action": "receive", "channel": here, "tags": [{"name": "xx app"}]},
    }
    return {"channels": {key: whole}, "schemas": components,
            "operations": both if operations is None else operations}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """What a part is before and after, and code that sends and that receives, with a `client`."""

    old: Part
    new: Part
    sends: str = ""
    receives: str = ""


HANDLER = "def handle(message: {taken}, context: Context) -> None:\n    {line}\n"
ANSWERER = "def handle(message: {taken}, context: Context) -> {gives}:\n    return {line}\n"


def reading(line: str, taken: str = "models.Xx") -> str:
    """Return code of a handler with a line that reads from the message."""
    return HANDLER.format(taken=taken, line=line) + "subscribers.XxSubscriber(client)(handle)"


def answering(line: str, taken: str = "models.Xx", gives: str = "models.Xx") -> str:
    """Return code of a handler that answers."""
    code = ANSWERER.format(taken=taken, gives=gives, line=line)
    return f"{code}requests.XxResponder(client)(handle)"


def of_class(old: Part, new: Part, give: str = "", read: str = "") -> Change:
    """Return a change of one class: what code gives to it, and what it reads from it."""
    return Change(
        part(old), part(new),
        f"publishers.XxPublisher(client).publish(models.Xx({give}))" if give else "",
        reading(read) if read else "",
    )  # fmt: skip


PUBLISH = "publishers.XxPublisher(client).publish(models.Xx(a=''))"
HANDLE = reading("text: str = message.a")
A = obj("a", a=STR)
REF_A, REF_B = {"$ref": "#/components/schemas/Xx"}, {"$ref": "#/components/schemas/XxOther"}
KIND_A, KIND_B = obj("a", a={"const": "a"}), obj("a", a={"const": "b"})
ONE = {"xx": message(REF_A)}
TWO = {"xx": message(REF_A), "xxOther": message(REF_B)}
BOTH = {"XxOther": KIND_B}
HEADERS, ASKED = obj(rig=STR), obj("rig", rig=STR)
WITH_HEADERS = "publishers.XxPublisher(client).publish(models.Xx(a=''), headers=models.XxHeaders())"
KINDS, FEWER, MORE = ({"enum": values} for values in (["a", "b", "c"], ["a", "b"], [*"abcd"]))


def parameters(address: str, **each: object) -> Part:
    return {"address": address, "parameters": each}


def tagged(*apps: str) -> Part:
    """Return a part of these apps."""
    made = part(A)
    for operation in made["operations"].values():
        operation["tags"] = [{"name": app} for app in apps]
    return made


def elsewhere(made: Part) -> Part:
    """Return a part with the other message on another channel."""
    other = {"address": "xx/elsewhere", "messages": {"xxOther": message(REF_B)}}
    made["channels"]["xxElsewhere"] = other
    return made


def asking(reply: Part | None, request: Part | None = None, key: str = "xx") -> Part:
    """Return a part with a request on its channel, and its answers on another."""
    answered = {"reply": {"channel": {"$ref": "#/channels/xxAnswer"}}} if reply is not None else {}
    here = {"$ref": f"#/channels/{key}"}
    made = part(
        KIND_A, named=BOTH, messages=request or ONE, key=key,
        operations={
            "askXx": {"action": "send", "channel": here, "tags": [{"name": "xx app"}], **answered},
            "answerXx": {
                "action": "receive", "channel": here, "tags": [{"name": "xx app"}], **answered,
            },
        },
    )  # fmt: skip
    made["channels"]["xxAnswer"] = {"address": "xx/answer", "messages": reply or ONE}
    return made


ASK = "answer: models.Xx = requests.XxRequester(client).request(models.Xx(a='a'))"
APP_ASK = "apps.XxApp(client).request.x_x(models.Xx(a='a'))"
ANSWER = answering("models.Xx(a='a')")

CHANGES: dict[str, Change] = {
    # ---- classes
    "FieldRemoved": of_class(obj(a=STR, b=STR), obj(a=STR), "b=''", "print(message.b)"),
    "OptionalField": of_class(obj(a=STR), obj(a=STR, b=STR), "a=''", "print(message.a)"),
    "RequiredField": of_class(obj(a=STR), obj("b", a=STR, b=STR), "a=''", "print(message.a)"),
    "MadeRequired": of_class(obj(a=STR), A, " ", "print(message.a)"),
    "MadeOptional": of_class(A, obj(a=STR), "a=''", "text: str = message.a"),
    "TypeNarrowed": of_class(obj("a", a=FLOAT), obj("a", a=INT), "a=1.5", "n: float = message.a"),
    "TypeWidened": of_class(obj("a", a=INT), obj("a", a=FLOAT), "a=1", "n: int = message.a"),
    "TypeChanged": of_class(A, obj("a", a=INT), "a=''", "text: str = message.a"),
    "MadeNullable": of_class(
        A, obj("a", a={"type": ["string", "null"]}), "a=''", "text: str = message.a"
    ),
    "NotNullable": of_class(
        obj("a", a={"type": ["string", "null"]}), A, "a=None", "text: str | None = message.a"
    ),
    "ItemsNarrowed": of_class(
        obj("a", a={"type": "array", "items": {"type": ["string", "integer"]}}),
        obj("a", a={"type": "array", "items": STR}), "a=['', 1]", "a: list[str | int] = message.a",
    ),
    "ItemsChanged": of_class(
        obj("a", a={"type": "array", "items": STR}), obj("a", a={"type": "array", "items": INT}),
        "a=['']", "a: str = message.a[0]",
    ),
    "ObjectOfTexts": of_class(
        obj("a", a={"type": "object", "additionalProperties": STR}),
        obj("a", a={"type": "object", "additionalProperties": INT}),
        "a={'b': ''}", "text: str = message.a['b']",
    ),
    "ConstantChanged": of_class(
        obj("a", a={"const": "a"}), obj("a", a={"const": "b"}), "a='a'",
        "kind: Literal['a'] = message.a",
    ),
    "ConstantOpened": of_class(
        obj("a", a={"const": "a"}), A, "a='a'", "kind: Literal['a'] = message.a"
    ),
    "LimitNarrowed": of_class(
        obj("a", a={**INT, "maximum": 9}), obj("a", a={**INT, "maximum": 3}), "a=5",
        "n: int = message.a",
    ),
    "MemberRemoved": Change(
        part(obj("a", a={"$ref": "#/components/schemas/XxKind"}), named={"XxKind": KINDS}),
        part(obj("a", a={"$ref": "#/components/schemas/XxKind"}), named={"XxKind": FEWER}),
        "publishers.XxPublisher(client).publish(models.Xx(a=models.XxKind.C))",
        reading("assert message.a is models.XxKind.C"),
    ),
    "MemberAdded": Change(
        part(obj("a", a={"$ref": "#/components/schemas/XxKind"}), named={"XxKind": KINDS}),
        part(obj("a", a={"$ref": "#/components/schemas/XxKind"}), named={"XxKind": MORE}),
        "publishers.XxPublisher(client).publish(models.Xx(a=models.XxKind.C))",
        reading("assert message.a is models.XxKind.C"),
    ),
    "ClassRenamed": Change(
        part(A),
        part(messages={"xx": message({"$ref": "#/components/schemas/XxNew"})}, named={"XxNew": A}),
        PUBLISH, HANDLE,
    ),
    "InnerRenamed": Change(
        part(obj("a", a={"$ref": "#/components/schemas/XxInner"}), named={"XxInner": A}),
        part(obj("a", a={"$ref": "#/components/schemas/XxCore"}), named={"XxCore": A}),
        "publishers.XxPublisher(client).publish(models.Xx(a=models.XxInner(a='')))",
        reading("inner: models.XxInner = message.a"),
    ),
    "ScalarChanged": of_class(FLOAT, STR, "1.5", "n: float = message.root"),
    "ScalarNarrowed": of_class(FLOAT, INT, "1.5", "n: float = message.root"),
    # ---- channels and their messages
    "ChannelRenamed": Change(part(A), part(A, key="xxElsewhere"), PUBLISH, HANDLE),
    "ChannelRemoved": Change(
        part(A), part(A, key="xxElsewhere", channel={"address": "xx/elsewhere"}), PUBLISH, HANDLE
    ),
    "MessageAdded": Change(
        part(KIND_A, named=BOTH, messages=ONE), part(KIND_A, named=BOTH, messages=TWO),
        "publishers.XxPublisher(client).publish(models.Xx(a='a'))",
        reading("kind: Literal['a'] = message.a"),
    ),
    "MessageRemoved": Change(
        part(KIND_A, named=BOTH, messages=TWO), part(KIND_A, named=BOTH, messages=ONE),
        "publishers.XxPublisher(client).publish(models.XxOther(a='b'))",
        reading("print(message.a)", "models.Xx | models.XxOther"),
    ),
    "MessageMoved": Change(
        part(KIND_A, named=BOTH, messages=TWO), elsewhere(part(KIND_A, named=BOTH, messages=ONE)),
        "publishers.XxPublisher(client).publish(models.XxOther(a='b'))",
        reading("print(message.a)", "models.Xx | models.XxOther"),
    ),
    "HeadersAdded": Change(
        part(A), part(messages={"xx": message(REF_A, headers=HEADERS)}, named={"Xx": A}),
        PUBLISH, HANDLE,
    ),
    "HeadersAsked": Change(
        part(A), part(messages={"xx": message(REF_A, headers=ASKED)}, named={"Xx": A}),
        PUBLISH, HANDLE,
    ),
    "HeadersInsisted": Change(
        part(messages={"xx": message(REF_A, headers=HEADERS)}, named={"Xx": A}),
        part(messages={"xx": message(REF_A, headers=ASKED)}, named={"Xx": A}),
        WITH_HEADERS, reading("print(context.headers_as(models.XxHeaders).rig)"),
    ),
    "HeadersRemoved": Change(
        part(messages={"xx": message(REF_A, headers=HEADERS)}, named={"Xx": A}), part(A),
        WITH_HEADERS, reading("print(context.headers_as(models.XxHeaders).rig)"),
    ),
    "OtherHeaderType": Change(
        part(messages={"xx": message(REF_A, headers=ASKED)}, named={"Xx": A}),
        part(messages={"xx": message(REF_A, headers=obj("rig", rig=INT))}, named={"Xx": A}),
        "publishers.XxPublisher(client).publish("
        "models.Xx(a=''), headers=models.XxHeaders(rig=''))",
        reading("text: str = context.headers_as(models.XxHeaders).rig"),
    ),
    # ---- parameters
    "ParameterRenamed": Change(
        part(A, channel=parameters("xx/{one}", one={})),
        part(A, channel=parameters("xx/{other}", other={})),
        "publishers.XxPublisher(client).publish(models.Xx(a=''), one='')",
        "subscribers.XxSubscriber(client, one='')",
    ),
    "ParameterAdded": Change(
        part(A), part(A, channel=parameters("xx/{one}", one={})), PUBLISH,
        "subscribers.XxSubscriber(client)",
    ),
    "DefaultedParameter": Change(
        part(A), part(A, channel=parameters("xx/{one}", one={"default": "a"})), PUBLISH,
        "subscribers.XxSubscriber(client)",
    ),
    "ParameterInMessage": Change(
        part(A), part(A, channel=parameters("xx/{one}", one={"location": "$message.payload#/a"})),
        PUBLISH, "subscribers.XxSubscriber(client)",
    ),
    "ParameterValues": Change(
        part(A, channel=parameters("xx/{one}", one={"enum": ["a", "b"]})),
        part(A, channel=parameters("xx/{one}", one={"enum": ["a"]})),
        "publishers.XxPublisher(client).publish(models.Xx(a=''), one='b')",
        "subscribers.XxSubscriber(client, one='b')",
    ),
    "ParameterMoreValues": Change(
        part(A, channel=parameters("xx/{one}", one={"enum": ["a"]})),
        part(A, channel=parameters("xx/{one}", one={"enum": ["a", "b"]})),
        "publishers.XxPublisher(client).publish(models.Xx(a=''), one='a')",
        "subscribers.XxSubscriber(client, one='a')",
    ),
    "ParameterWithoutDefault": Change(
        part(A, channel=parameters("xx/{one}", one={"default": "a"})),
        part(A, channel=parameters("xx/{one}", one={})), PUBLISH,
        "subscribers.XxSubscriber(client)",
    ),
    "ParameterOtherDefault": Change(
        part(A, channel=parameters("xx/{one}", one={"default": "a"})),
        part(A, channel=parameters("xx/{one}", one={"default": "b"})), PUBLISH,
        "subscribers.XxSubscriber(client)",
    ),
    # ---- apps
    "AppRemoved": Change(
        part(A), part(A, operations={}), "apps.XxApp(client)", "apps.XxApp(client)",
    ),
    "AppRenumbered": Change(
        tagged("xx-app", "xx app"), tagged("xx app"), "apps.XxApp2(client)", "apps.XxApp2(client)"
    ),
    "AppStopsSending": Change(
        part(A),
        part(A, operations={"receiveXx": {"action": "receive", "channel": {"$ref": "#/channels/xx"},
                                         "tags": [{"name": "xx app"}]}}),
        "apps.XxApp(client).send.x_x(models.Xx(a=''))", "print(apps.XxApp(client).on.x_x)",
    ),
    "AppStopsReceiving": Change(
        part(A),
        part(A, operations={"sendXx": {"action": "send", "channel": {"$ref": "#/channels/xx"},
                                      "tags": [{"name": "xx app"}]}}),
        "apps.XxApp(client).send.x_x(models.Xx(a=''))", "print(apps.XxApp(client).on.x_x)",
    ),
    "AppSendsLess": Change(
        part(KIND_A, named=BOTH, messages=TWO),
        {**part(KIND_A, named=BOTH, messages=TWO), "operations": {
            **part(KIND_A)["operations"],
            "sendXx": {"action": "send", "channel": {"$ref": "#/channels/xx"},
                      "messages": [{"$ref": "#/channels/xx/messages/xx"}],
                      "tags": [{"name": "xx app"}]},
        }},
        "apps.XxApp(client).send.x_x(models.XxOther(a='b'))", "print(apps.XxApp(client).on.x_x)",
    ),
    "CategoryRemoved": Change(
        part(A), part(A, channel={"tags": [{"name": "other xx"}]}),
        "apps.XxApp(client).send.x_x(models.Xx(a=''))",
        "print(apps.XxApp(client).on.category('xx things'))",
    ),
    "CategoryGrows": Change(
        part(KIND_A, named=BOTH, messages=ONE), part(KIND_A, named=BOTH, messages=TWO),
        "publishers.XxPublisher(client).publish(models.Xx(a='a'))",
        HANDLER.format(taken="models.Xx", line="print(message)")
        + "apps.XxApp(client).on.category('xx things')(handle)",
    ),
    # ---- requests
    "ReplyAdded": Change(
        asking(None), asking(ONE), "publishers.XxPublisher(client).publish(models.Xx(a='a'))",
        reading("print(message.a)"),
    ),
    "ReplyRemoved": Change(asking(ONE), asking(None), ASK, ANSWER),
    "AppStopsAsking": Change(
        asking(ONE), asking(None), APP_ASK, "print(apps.XxApp(client).respond.x_x)"
    ),
    "AskedElsewhere": Change(asking(ONE), asking(ONE, key="xxElsewhere"), ASK, ANSWER),
    "ReplyGrows": Change(asking(ONE), asking(TWO), "", ASK),
    "ReplyShrinks": Change(
        asking(TWO), asking(ONE),
        answering("models.XxOther(a='b')", gives="models.Xx | models.XxOther"),
        "answer: models.Xx | models.XxOther\n"
        "answer = requests.XxRequester(client).request(models.Xx(a='a'))",
    ),
    "RequestGrows": Change(asking(ONE), asking(ONE, TWO), ASK, ANSWER),
    "RequestShrinks": Change(
        asking(ONE, TWO), asking(ONE, ONE),
        "requests.XxRequester(client).request(models.XxOther(a='b'))",
        answering("models.Xx(a='a')", "models.Xx | models.XxOther"),
    ),
}  # fmt: skip
