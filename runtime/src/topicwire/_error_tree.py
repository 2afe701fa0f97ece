"""The branches of the tree of errors, from which all others come (`topicwire.errors`)."""

from __future__ import annotations


class TopicwireError(Exception):
    """Base of every error of this package."""


class LocalError(TopicwireError):
    """A misuse of the package, or a limit set on this side."""


class RemoteError(TopicwireError):
    """Something the broker or another client did or did not do."""
