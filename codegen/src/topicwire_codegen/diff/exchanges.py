"""Requests and answers: whether code written against the old stubs still type-checks."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.diff.classes import Models
from topicwire_codegen.diff.findings import Direction, Finding, Level, Side, Words, finding, place
from topicwire_codegen.diff.messages import compare_headers, listed
from topicwire_codegen.protocol import App, Exchange


def compare_exchanges(models: Models) -> Iterator[Finding]:
    """Yield what changes in requesters and responders, and in the methods of apps for them."""
    comparison = models.comparison
    after = {
        (each.request.key, each.stem): each for each in comparison.new.built.protocol.exchanges
    }
    by_channel: dict[str, list[Exchange]] = {}
    for each in after.values():
        by_channel.setdefault(each.request.key, []).append(each)
    for before in comparison.old.built.protocol.exchanges:
        key = comparison.renamed.get(before.request.key, before.request.key)
        others = by_channel.get(key, [])
        # The only one on a channel is the same whatever it is called.
        now = after.get((key, before.stem)) or (others[0] if len(others) == 1 else None)
        new = comparison.new.channels.get(key, comparison.new.workspace.root)
        sides = place(comparison.old.channels[before.request.key]), place(new)
        if now is None or now.stem != before.stem:
            yield _gone(before, now, sides)
        if now is not None:
            yield from _messages(models, before, now, sides)
    yield from _apps(models)


def _gone(before: Exchange, now: Exchange | None, sides: tuple[Side, Side]) -> Finding:
    called = (
        f"are called `{now.stem}Requester` and `{now.stem}Responder` now"
        if now is not None
        else "were removed"
    )
    return finding(
        Level.SOURCE,
        "request-stubs-renamed" if now is not None else "request-stubs-removed",
        Direction.EITHER,
        sides,
        Words(
            f"stubs `{before.stem}Requester` and `{before.stem}Responder` {called}",
            "code that imports them does not type-check",
            "keep the reply of the operation, and its name",
        ),
        channels=(before.request.key,),
    )


def _messages(
    models: Models, before: Exchange, now: Exchange, sides: tuple[Side, Side]
) -> Iterator[Finding]:
    """Yield what one side may give no more, and what the other gets besides."""
    for giver, taker, was, will in (
        ("Requester", "Responder", before.request_models, now.request_models),
        ("Responder", "Requester", before.reply_models, now.reply_models),
    ):
        known = models.now(was)
        lost = [name for name in known if name not in will and name in models.new.nodes]
        added = [name for name in will if name not in known]
        if lost:
            yield finding(
                Level.SOURCE,
                "exchange-messages",
                Direction.SENDING,
                sides,
                Words(
                    f"`{before.stem}{giver}` takes no {listed(lost)} any more",
                    "code that gives it does not type-check",
                    "keep the message as long as code sends it",
                ),
                channels=(before.request.key,),
            )
        if added:
            yield finding(
                Level.SOURCE,
                "exchange-messages",
                Direction.RECEIVING,
                sides,
                Words(
                    f"`{before.stem}{taker}` hands on {listed(added)} too",
                    "code that expects only what there was does not type-check",
                    "let code take it, or give what is new an operation of its own",
                ),
                channels=(before.request.key,),
            )
    yield from compare_headers(
        f"{before.stem}Requester", before.request_messages, now.request_messages, sides,
        (before.request.key,),
    )  # fmt: skip


def _apps(models: Models) -> Iterator[Finding]:
    """Yield the methods for requests and answers that apps have lost."""
    protocols = models.comparison.old.built.protocol, models.comparison.new.built.protocol
    old, new = ({app.tag: app for app in protocol.apps} for protocol in protocols)
    for tag, before in old.items():
        if tag not in new:
            continue  # told of by the apps
        for group, was, will in _groups(before, new[tag]):
            for exchange in was:
                if exchange.attribute not in {each.attribute for each in will}:
                    yield _lost(models, before, group, exchange)


def _groups(
    before: App, now: App
) -> Iterator[tuple[str, tuple[Exchange, ...], tuple[Exchange, ...]]]:
    yield "request", before.asks, now.asks
    yield "respond", before.answers, now.answers


def _lost(models: Models, app: App, group: str, exchange: Exchange) -> Finding:
    comparison = models.comparison
    key = exchange.request.key
    new = comparison.new.channels.get(comparison.renamed.get(key, key))
    return finding(
        Level.SOURCE,
        "app-lost-method",
        Direction.SENDING if group == "request" else Direction.RECEIVING,
        (place(comparison.old.channels[key]), place(new or comparison.new.workspace.root)),
        Words(
            f"`{app.name}.{group}.{exchange.attribute}` was removed",
            "code that uses it does not type-check",
            f"keep the tag {app.tag!r} and the reply of the operation",
        ),
        channels=(key,),
    )
