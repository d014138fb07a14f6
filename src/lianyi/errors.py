"""The one base of every error that Lianyi raises on purpose.

A message says what was given, what was expected and how to mend it, in English. `code` and `params` let the edge
(pages, command line, later FHIR) say the same in the reader's language; see ``lianyi.pages.errors``.
"""

from __future__ import annotations

from collections.abc import Mapping


class LianyiError(Exception):
    """Base class. Each reason is a subclass with its own ``code``."""

    code = "error"

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        return self.message


class InvalidInputError(LianyiError):
    """What was given cannot be used; the message names the field and what is expected."""

    code = "invalid-input"


class ConfigurationError(LianyiError):
    """A setting of the installation cannot be used."""

    code = "configuration"
