"""Certificates of the tests' own: a root, and what it vouches for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Proof:
    """Files of one server: its certificate, its key, and the root that vouches for it."""

    certificate: Path
    key: Path
    root: Path


def proof_of(folder: Path, host: str) -> Proof:
    """A new root, and a certificate by it for a server of this name."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name(f"Root of {host}")
    root = _certificate(root_name, root_name, root_key, root_key, authority=True)
    made = _certificate(_name(host), root_name, key, root_key, host=host)
    folder.mkdir(parents=True)
    proof = Proof(folder / "server.crt", folder / "server.key", folder / "root.crt")
    proof.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    proof.root.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    proof.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return proof


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    name: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    *,
    host: str = "",
    authority: bool = False,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=2))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if host:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return builder.sign(by, hashes.SHA256())
