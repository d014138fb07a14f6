"""What may be kept of a user: names that can be typed and read, an address that can be written to."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from lianyi.accounts.models import User
from lianyi.errors import InvalidInputError
from lianyi.methods.visible_text import has_visible_characters, unwanted_characters

# Letters and digits of any script, and what stands in e-mail addresses, which single sign-on uses as names.
_USER_NAME = re.compile(r"[^\W_][\w.@+-]*")
_CHECKED = ("username", "display_name", "email")
_LENGTHS = {field.name: field.max_length for field in User._meta.fields if field.name in _CHECKED}


def check_user_facts(user: User) -> None:
    """Refuse a user whose names or address cannot be kept.

    Raises
    ------
    InvalidInputError
        Naming the field, what was given and what is accepted.
    """
    if not has_visible_characters(user.username) or not has_visible_characters(user.display_name):
        raise InvalidInputError(
            "A user needs a user name and a name to show; one of them is empty.",
            field="username",
            reason="user-name-empty",
        )
    for name, longest in _LENGTHS.items():
        _check_length(name, getattr(user, name), longest)
    _check_user_name(user.username)
    _check_display_name(user.display_name)
    _check_email(user.email)


def _check_length(name: str, text: str, longest: int | None) -> None:
    if longest is not None and len(text) > longest:
        raise InvalidInputError(
            f"{name} has {len(text)} characters; at most {longest} fit. Shorten it.",
            field=name,
            reason="user-text-too-long",
            maximum=longest,
        )


def _check_user_name(username: str) -> None:
    if not _USER_NAME.fullmatch(username):
        raise InvalidInputError(
            f"'{username}' cannot be a user name. Use letters, digits and . _ - @ + without blanks, "
            "beginning with a letter or a digit.",
            field="username",
            reason="user-name-form",
            given=username,
        )


def _check_display_name(name: str) -> None:
    unwanted = ", ".join(unwanted_characters(name))
    if unwanted:
        raise InvalidInputError(
            f"The name holds characters that cannot be seen ({unwanted}). Type it anew.",
            field="display_name",
            reason="unseen-characters",
            found=unwanted,
        )


def _check_email(email: str) -> None:
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInputError(
            f"'{email}' is no e-mail address. Write it as name@example.org, or leave it empty.",
            field="email",
            reason="email-form",
            given=email,
        ) from error
