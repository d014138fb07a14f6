"""Reasons why something about a secondment is refused."""

from __future__ import annotations

from lianyi.errors import InvalidInputError


class SecondmentRefusedError(InvalidInputError):
    """A goal or a check after a return cannot be as it was given; ``params['reason']`` says why."""

    code = "secondment"
