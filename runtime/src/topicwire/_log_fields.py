"""The fields of log records beside their text; docs/observability.md lists them."""

from __future__ import annotations

from topicwire.errors import MessageRefused, PayloadInvalid


def fields(kind: str, error: Exception | None = None, /, **values: object) -> dict[str, object]:
    """Return the `extra` of a record; `kind` never changes, whatever becomes of the text.

    An error gives its class, its reason, and which fields did not fit.
    """
    found: dict[str, object] = {"kind": kind, **values}
    if error is not None:
        found["error"] = type(error).__name__
        if isinstance(error, PayloadInvalid):
            found["field_errors"] = [
                {"field": one.path, "reason": one.message, "kind": one.kind} for one in error.errors
            ]
        if isinstance(error, MessageRefused):
            found["reason"] = error.reason
            found.setdefault("topic", error.topic)
    return found
