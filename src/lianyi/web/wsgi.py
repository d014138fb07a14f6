"""The WSGI application that `lianyi serve` runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.settings")
application = get_wsgi_application()
