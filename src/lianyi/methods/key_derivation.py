"""Deriving many keys from one secret: HKDF with SHA-256 (RFC 5869)."""

from __future__ import annotations

import hashlib
import hmac

_HASH_BYTES = hashlib.sha256().digest_size


def hkdf_sha256(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """Return ``length`` bytes that depend on all three inputs and tell nothing about the secret.

    Parameters
    ----------
    secret
        What nobody else knows.
    salt
        Random bytes that may be public; different ones give unrelated keys.
    info
        What the key is for, so that no two uses share one.
    length
        At most 255 times the 32 bytes of the hash.

    Examples
    --------
    >>> hkdf_sha256(b"secret", salt=b"salt", info=b"device 1", length=4).hex()
    '2ed51f2e'
    """
    most = 255 * _HASH_BYTES
    if not 0 < length <= most:
        raise ValueError(f"{length} bytes were asked for; HKDF with SHA-256 gives 1 to {most}.")
    key = hmac.new(salt, secret, hashlib.sha256).digest()
    block, output = b"", b""
    for number in range(1, -(-length // _HASH_BYTES) + 1):
        block = hmac.new(key, block + info + bytes([number]), hashlib.sha256).digest()
        output += block
    return output[:length]
