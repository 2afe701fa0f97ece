"""TLS: what connections are encrypted with, and certificates that change while they are used."""

from __future__ import annotations

import logging
import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from topicwire._log_fields import fields

log = logging.getLogger("topicwire")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """PEM files for TLS, read again before the next connection when they have changed.

    `ca` holds the authorities to trust (None: those of the system), `certificate` and `key`
    what this client shows of itself, `password` opens the key. `crl` holds the authorities' lists
    of revoked certificates; without it, nobody asks whether a certificate was revoked. A new
    certificate that cannot be read, or does not fit its key, is logged, and the old one is used on.
    """

    ca: Path | str | None = None
    certificate: Path | str | None = None
    key: Path | str | None = None
    password: str | None = None
    crl: Path | str | None = None

    def __post_init__(self) -> None:
        if self.key is not None and self.certificate is None:
            raise ValueError("a key is given without its certificate")


class TlsMaterial:
    """The context of a client's connections; raises `OSError` for files that cannot be used.

    With `insecure` any certificate will do, so that anybody can pass for the broker.
    """

    def __init__(self, source: ssl.SSLContext | TlsFiles, *, insecure: bool = False) -> None:
        self._insecure = insecure
        self._files: TlsFiles | None = None
        self._seen: tuple[object, ...] = ()
        if isinstance(source, TlsFiles):
            self._files = source
            self._seen = _state(source)
            self.context = _context(source)
        else:
            self.context = source
        if insecure:
            self.context.check_hostname = False
            self.context.verify_mode = ssl.CERT_NONE

    def refresh(self) -> None:
        """Read the files again if they have changed; never raises."""
        if self._insecure:
            log.warning(
                "tls_insecure: the broker's certificate is not checked; it may be anybody",
                extra=fields("tls_insecure"),
            )
        if self._files is None:
            return
        try:
            state = _state(self._files)
            if state == self._seen:
                return
            # Into another context first: a certificate whose key does not fit would otherwise
            # replace the one that does.
            _context(self._files)
            _load(self._files, self.context)
            self._seen = state
        except OSError as error:
            log.warning(
                "TLS files have changed but cannot be used, going on without: %s", error,
                extra=fields("tls_files_unusable", error),
            )  # fmt: skip
        else:
            log.info("TLS files were read again", extra=fields("tls_files_read"))


def explain_certificate(error: ssl.SSLCertVerificationError) -> tuple[str, str]:
    """Return what is wrong with a broker's certificate: a stable word, and a text with the way out.

    The codes are OpenSSL's X509_V_ERR_* (x509_vfy.h).
    """
    problem, text = _PROBLEMS.get(error.verify_code, ("other", "its certificate is not trusted"))
    return problem, f"{text} ({error.verify_message or error.reason})"


_UNKNOWN = (
    "unknown_authority",
    "the broker's certificate comes from an authority that is not trusted; if it is yours, pass "
    "tls=TlsFiles(ca=FILE)",
)
_NO_LIST = ("no_revocation_list", "there is no valid list of the authority's in the crl file")
_PROBLEMS = {
    3: _NO_LIST,
    9: ("not_yet_valid", "the broker's certificate is not valid yet; do the clocks agree?"),
    10: ("expired", "the broker's certificate has expired; it has to be renewed there"),
    12: _NO_LIST,
    18: (
        "self_signed",
        "the broker's certificate is signed by itself; if it is the right one, pass "
        "tls=TlsFiles(ca=FILE) with it",
    ),
    19: _UNKNOWN,
    20: _UNKNOWN,
    23: ("revoked", "the broker's certificate was revoked by its authority"),
    62: ("wrong_host", "the broker's certificate is for another host; use the name in it"),
    64: ("wrong_host", "the broker's certificate is not for this address; use the name in it"),
}


def _context(files: TlsFiles) -> ssl.SSLContext:
    # With authorities of one's own, those of the system are not trusted.
    context = ssl.create_default_context(cafile=files.ca)
    _load(files, context)
    return context


def _load(files: TlsFiles, context: ssl.SSLContext) -> None:
    if files.ca is not None:
        context.load_verify_locations(files.ca)
    if files.crl is not None:
        context.load_verify_locations(files.crl)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    if files.certificate is not None:
        context.load_cert_chain(files.certificate, files.key, files.password)


def _state(files: TlsFiles) -> tuple[object, ...]:
    def look(path: Path | str | None) -> object:
        if path is None:
            return None
        found = os.stat(path)
        return (found.st_ino, found.st_size, found.st_mtime_ns)

    return tuple(look(path) for path in (files.ca, files.certificate, files.key, files.crl))
