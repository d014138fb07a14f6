"""Forms behind commands: a key that makes a second sending harmless, and the version that the person saw."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, StaleVersionError
from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of

Result = TypeVar("Result")
# These end the page: no change to the form would mend them.
_PAGES_OF_THEIR_OWN = (NotPermittedError, NotFoundInScopeError, StaleVersionError)


def new_command_key() -> str:
    return str(uuid.uuid4())


class CommandForm(forms.Form):
    """A form whose sending is one command. ``expected_version`` is given as initial value when a row is edited."""

    command_key = forms.CharField(max_length=48, widget=forms.HiddenInput, initial=new_command_key)
    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def take_error(self, error: LianyiError) -> None:
        """Show a refusal beside the field it names, or above the form."""
        named = str(error.params.get("field", ""))
        place = named if named in self.fields and not self.fields[named].widget.is_hidden else None
        self.add_error(place, message_of(error))

    def attempt(self, run: Callable[[], Result]) -> Result | None:
        """Run the command; a refusal that the person can mend becomes an error of the form.

        Raises
        ------
        NotPermittedError, NotFoundInScopeError, StaleVersionError
            Each has a page of its own.
        """
        try:
            return run()
        except _PAGES_OF_THEIR_OWN:
            raise
        except LianyiError as error:
            self.take_error(error)
            return None


def form_response(
    request: HttpRequest,
    *,
    form: forms.BaseForm,
    title: str,
    submit_label: str,
    cancel_url: str,
    context: Mapping[str, Any] | None = None,
    template: str = "web/form_page.html",
) -> HttpResponse:
    """Show a page with one form; answers 422 when what was sent has errors.

    ``context`` may hold ``intro`` (a sentence above the form), ``breadcrumbs``, ``danger`` (a red button).
    """
    values = {"form": form, "title": title, "submit_label": submit_label, "cancel_url": cancel_url, **(context or {})}
    return render(request, template, values, status=422 if form.errors else 200)
