"""How static files are named: with a hash of their content, also inside the modules that import one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Extensions of htmx that no page uses; their comments name modules that are not shipped.
UNUSED = "django_htmx/ext/"


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """A release's own names for all files, so that no browser mixes modules of two releases."""

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:  # noqa: ANN401
        used = {name: path for name, path in paths.items() if not name.startswith(UNUSED)}
        yield from super().post_process(used, *args, **options)
