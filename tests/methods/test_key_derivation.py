"""Keys from one secret, against the published vectors of RFC 5869."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.key_derivation import hkdf_sha256

# Appendix A: secret, salt, info, length, key.
VECTORS = (
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        42,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        "".join(f"{number:02x}" for number in range(0x50)),
        "".join(f"{number:02x}" for number in range(0x60, 0xB0)),
        "".join(f"{number:02x}" for number in range(0xB0, 0x100)),
        82,
        (
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8"
            "367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
    ),
    (
        "0b" * 22,
        "",
        "",
        42,
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
)


@pytest.mark.parametrize(("secret", "salt", "info", "length", "key"), VECTORS)
def test_the_published_vectors(secret: str, salt: str, info: str, length: int, key: str) -> None:
    found = hkdf_sha256(bytes.fromhex(secret), salt=bytes.fromhex(salt), info=bytes.fromhex(info), length=length)
    assert found.hex() == key


@given(st.binary(max_size=40), st.binary(max_size=40), st.integers(1, 200), st.integers(1, 200))
def test_a_shorter_key_begins_a_longer_one(secret: bytes, info: bytes, one: int, other: int) -> None:
    short, long = sorted((one, other))
    keys = [hkdf_sha256(secret, salt=b"salt", info=info, length=length) for length in (short, long)]
    assert keys[1].startswith(keys[0])


@pytest.mark.parametrize("length", [0, -1, 255 * 32 + 1])
def test_a_length_that_cannot_be_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="1 to 8160"):
        hkdf_sha256(b"secret", salt=b"", info=b"", length=length)
