"""How static files are named: with a hash of their content, also inside the modules that import one another."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """A release's own names for all files, so that no browser mixes modules of two releases."""

    support_js_module_import_aggregation = True
