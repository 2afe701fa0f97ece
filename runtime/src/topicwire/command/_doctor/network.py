"""Whether the broker is there, and who it is: name, port, certificate."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing

from topicwire._tls import TlsFiles, TlsMaterial, explain_certificate
from topicwire.command._doctor.examination import Examination
from topicwire.command._doctor.finding import Finding, note, ok, problem

_SOON = 30 * 86_400.0  # seconds
_REMEDIES = {
    "unknown_authority": "--ca FILE with the authority that has signed it, or have the broker send "
    "the whole chain",
    "self_signed": "--ca FILE with this certificate itself, or one that an authority has signed",
    "expired": "renew the broker's certificate",
    "not_yet_valid": "set the clocks of this machine and of who made the certificate",
    "wrong_host": "use a name that is in the certificate, or have it made for this one",
    "revoked": "have the broker use another certificate",
}


def check_network(examination: Examination) -> Iterator[Finding]:
    """Yield what there is to say of the address, the port and the certificate."""
    url = examination.access.url
    try:
        found = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
    except OSError as error:
        yield problem(
            "address", f"{url.host} is not known: {error}",
            "correct the name in --broker or TOPICWIRE_URL, or the DNS of this machine",
        )  # fmt: skip
        return
    yield ok(
        "address", f"{url.host} is {', '.join(dict.fromkeys(str(one[4][0]) for one in found))}"
    )
    started = time.monotonic()
    try:
        connection = socket.create_connection((url.host, url.port), examination.timeout)
    except OSError as error:
        yield problem(
            "port", f"port {url.port} cannot be reached: {error}",
            "start the broker; or correct the port; or let it through the firewall",
        )  # fmt: skip
        return
    took = (time.monotonic() - started) * 1000
    with closing(connection):
        yield ok("port", f"port {url.port} takes connections ({took:.1f} ms)")
        if url.tls:
            yield from _check_tls(examination, connection)
            return
    if url.host not in ("localhost", "::1") and not url.host.startswith("127."):
        yield note(
            "tls", "not encrypted: whoever is on the way can read and change everything",
            "an address with mqtts:// or wss://",
        )  # fmt: skip


def _check_tls(examination: Examination, connection: socket.socket) -> Iterator[Finding]:
    url = examination.access.url
    options = examination.options()
    insecure = options.get("tls_insecure", False)
    try:
        material = TlsMaterial(options.get("tls") or TlsFiles(), insecure=insecure)
    except OSError as error:
        yield problem("tls", f"the files for TLS cannot be used: {error}", "correct the files")
        return
    try:
        with material.context.wrap_socket(connection, server_hostname=url.host) as encrypted:
            cipher = encrypted.cipher()
            yield ok("tls", f"{encrypted.version()}, {cipher[0] if cipher else 'no cipher'}")
            encoded = encrypted.getpeercert(binary_form=True)
    except ssl.SSLCertVerificationError as error:
        kind, text = explain_certificate(error)
        yield problem("tls", text, _REMEDIES.get(kind, "have the broker use another certificate"))
        return
    except OSError as error:
        yield problem(
            "tls", f"no TLS there: {error}",
            "the port for TLS, mqtt:// instead of mqtts://, or --certificate and --key if the "
            "broker wants them",
        )  # fmt: skip
        return
    if insecure:
        yield problem(
            "tls", "the certificate was not checked (tls_insecure), so it may be anybody's",
            "--ca FILE instead of --tls-insecure",
        )  # fmt: skip
    if encoded is not None:
        yield _check_certificate(encoded)


def _check_certificate(encoded: bytes) -> Finding:
    # Takes time to load, which every other command would wait for.
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(encoded)
    expires = certificate.not_valid_after_utc
    names = "no name"
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = ", ".join(str(name.value) for name in extension.value)
    except x509.ExtensionNotFound:
        pass
    text = (
        f"the certificate is for {names}, from {certificate.issuer.rfc4514_string()}, valid until "
        f"{expires:%Y-%m-%d %H:%M} UTC"
    )
    if expires.timestamp() - time.time() < _SOON:
        return problem("tls", text, "renew it soon: connections fail from then on")
    return ok("tls", text)
