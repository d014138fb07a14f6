"""Choosing one of very many rows: a text field with suggestions that come while one types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

MOST_SUGGESTIONS = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One row to choose: the code that is sent, and the name that is read."""

    code: str
    label: str


class LookupWidget(forms.TextInput):
    """A text field for a code. Suggestions come from the page named ``url_name`` (see ``suggestions_response``)."""

    template_name = "web/lookup.html"

    def __init__(self, url_name: str, attrs: dict[str, Any] | None = None) -> None:
        self.url_name = url_name
        super().__init__({"autocomplete": "off", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # noqa: ANN401
        context = super().get_context(name, value, attrs)
        context["widget"]["suggestions_url"] = reverse(self.url_name)
        context["widget"]["list_id"] = f"{context['widget']['attrs'].get('id', name)}-suggestions"
        return context


def suggestions_response(request: HttpRequest, suggestions: Iterable[Suggestion]) -> HttpResponse:
    """Return the suggestions for a lookup field."""
    return render(request, "web/lookup_options.html", {"suggestions": list(suggestions)[:MOST_SUGGESTIONS]})


def typed_text(request: HttpRequest) -> str:
    """Return what was typed into a lookup field so far, whatever the field is called."""
    return next((str(value).strip() for value in request.GET.values()), "")
