"""The key with which a device seals what it keeps: derived when it is asked for, stored nowhere on the server."""

from __future__ import annotations

import base64

from django.conf import settings

from lianyi.methods.key_derivation import hkdf_sha256
from lianyi.referrals.models import OfflineDevice

KEY_BYTES = 32


def device_key(device: OfflineDevice) -> str:
    """Return the device's key in base64; another device or another person never has the same."""
    info = f"lianyi.referrals.offline|{device.handle}|{device.user_id}".encode()
    salt = bytes.fromhex(device.salt)
    return base64.b64encode(hkdf_sha256(settings.SECRET_KEY.encode(), salt=salt, info=info, length=KEY_BYTES)).decode()
