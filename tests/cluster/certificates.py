"""Certificates and keys of a control plane, made anew for each."""

from __future__ import annotations

from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def write_certificates(directory: Path) -> str:
    """Write `ca.crt`, `server.crt`, `server.key` and `service-account.key`; returns the CA (PEM)."""
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1", "localhost", "kubernetes.default.svc", "10.0.0.1")
    authority.cert_pem.write_to_path(directory / "ca.crt")
    server.private_key_pem.write_to_path(directory / "server.key")
    for certificate in server.cert_chain_pems:
        certificate.write_to_path(directory / "server.crt", append=True)
    (directory / "service-account.key").write_bytes(_rsa_key())
    return authority.cert_pem.bytes().decode()


def _rsa_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
