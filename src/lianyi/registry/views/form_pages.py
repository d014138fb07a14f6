"""How every page with one form runs its one command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from lianyi.accounts.audit import CommandContext
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm, form_response
from lianyi.pages.requests import command_context


@dataclass(frozen=True, slots=True)
class FormPage:
    """The words around a form, and where it leads."""

    title: str
    submit_label: str
    back_url: str
    done: str
    intro: str = ""
    is_dangerous: bool = False
    breadcrumbs: Sequence[Crumb] = ()
    template: str = "web/form_page.html"
    context: dict[str, Any] = field(default_factory=dict)
    url_after: Callable[[Any], str] | None = None


def command_page(
    request: HttpRequest, form: CommandForm, run: Callable[[CommandContext], Model], words: FormPage
) -> HttpResponse:
    """Show the form, or run the command with what was sent and go on."""
    if request.method == "POST" and form.is_valid():
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        done = form.attempt(lambda: run(context))
        if done is not None:
            messages.success(request, words.done)
            return HttpResponseRedirect(words.back_url if words.url_after is None else words.url_after(done))
    return form_response(
        request,
        form=form,
        title=words.title,
        submit_label=words.submit_label,
        cancel_url=words.back_url,
        context={
            "intro": words.intro,
            "danger": words.is_dangerous,
            "breadcrumbs": words.breadcrumbs,
            **words.context,
        },
        template=words.template,
    )
