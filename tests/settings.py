"""Settings of the test run: the product's own, with plain static files and a quick password hash."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("LIANYI_HOME", str(Path(tempfile.gettempdir()) / "lianyi-test-home"))
# Tests read the English source texts, whether or not the Chinese catalogue is compiled; those of Chinese say so.
os.environ.setdefault("LIANYI_LANGUAGE", "en")
os.environ.setdefault("LIANYI_SECRET_KEY", "the-tests-use-a-key-that-protects-nothing")

from lianyi.settings import *  # noqa: F403 - settings are taken over whole

# Hashed names need a build step that the live test server does not run; the wheel test uses the real storage.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# WhiteNoise warns about a folder that is not there; collectstatic, which the tests do not run, would make it.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
