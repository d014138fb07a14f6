"""What a password must be, in sentences of our own: those of Django are not all there in Chinese."""

from __future__ import annotations

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """At least so many characters."""

    def get_error_message(self) -> str:
        return _("It is too short; at least %(least)s characters are needed.") % {"least": self.min_length}

    def get_help_text(self) -> str:
        return _("At least %(least)s characters.") % {"least": self.min_length}


class UnlikeThePerson(UserAttributeSimilarityValidator):
    """Not nearly the user name, the name or the e-mail address."""

    def get_error_message(self) -> str:
        # Django fills in the name of the field.
        return _("It is too much like the %(verbose_name)s.")

    def get_help_text(self) -> str:
        return _("Not like the user name, the name or the e-mail address.")


class NotCommon(CommonPasswordValidator):
    """None of the passwords that are tried first."""

    def get_error_message(self) -> str:
        return _("It is one of the passwords that everybody tries first.")

    def get_help_text(self) -> str:
        return _("None of the common passwords.")


class NotOnlyDigits(NumericPasswordValidator):
    """Not digits alone."""

    def get_error_message(self) -> str:
        return _("It holds nothing but digits.")

    def get_help_text(self) -> str:
        return _("Not only digits.")
