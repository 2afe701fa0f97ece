"""What is said where a package of an optional extra is not installed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def explain_missing(extra: str, *packages: str) -> Generator[None]:
    """Turn a missing import of one of `packages` into an error that names the extra to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in packages:
            raise
        raise ModuleNotFoundError(
            f"{missing} is not installed; install it with: pip install 'topicwire[{extra}]'",
            name=error.name,
        ) from None
