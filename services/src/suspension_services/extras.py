"""What is said where a package of an optional extra is not installed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


class ExtraMissing(ImportError):
    """Something was asked for that needs a package which is not installed."""


@contextmanager
def explain_missing(purpose: str, extra: str) -> Generator[None]:
    """Turn a missing import into an error that names the extra to install.

    Raises `ExtraMissing`; a missing module of these services themselves is left as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("suspension_services"):
            raise
        raise ExtraMissing(
            f"{purpose} needs {error.name}, which is not installed: "
            f"pip install 'suspension-services[{extra}]'",
            name=error.name,
        ) from None
