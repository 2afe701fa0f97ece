"""An authority and certificates made for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


def make_certificates(folder: Path) -> None:
    """Write an authority (ca.pem), and a server for localhost and a client signed by it."""
    make_authority(folder, "ca")
    for name in ("server", "client"):
        make_certificate(folder, name)


def make_authority(folder: Path, name: str) -> None:
    """Write `name`.pem and `name`.key of an authority of that name."""
    key = _new_key(folder, name)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(for_authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder, name, certificate)


def make_certificate(
    folder: Path,
    name: str,
    *,
    authority: str = "ca",
    host: str = "localhost",
    ends: timedelta = DAY,
) -> x509.Certificate:
    """Write `name`.pem and `name`.key, signed by an authority in the folder, or by itself."""
    key = _new_key(folder, name)
    signer = key if authority == name else _load_key(folder, authority)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(authority))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
            critical=False,
        )
        .sign(signer, hashes.SHA256())
    )
    _write(folder, name, certificate)
    return certificate


def make_revocation_list(folder: Path, name: str, *revoked: x509.Certificate) -> Path:
    """Write `name`.pem, the authority's list of revoked certificates, and return its path."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_named("ca"))
        .last_update(now - DAY)
        .next_update(now + DAY)
    )
    for certificate in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(certificate.serial_number)
            .revocation_date(now - DAY)
            .build()
        )
    path = folder / f"{name}.pem"
    found = builder.sign(_load_key(folder, "ca"), hashes.SHA256())
    path.write_bytes(found.public_bytes(Encoding.PEM))
    return path


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _key_usage(*, for_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=for_authority,
        crl_sign=for_authority, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _new_key(folder: Path, name: str) -> ec.EllipticCurvePrivateKey:
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return key


def _load_key(folder: Path, name: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _write(folder: Path, name: str, certificate: x509.Certificate) -> None:
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
