"""The WSGI application that `lianyi serve` runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from lianyi.config import keep_secret_key

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.settings")
keep_secret_key(os.environ)
application = get_wsgi_application()
