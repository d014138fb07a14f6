"""How every page with one form runs its one command, and what the pages about one kind of record share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import CommandForm, form_response
from lianyi.pages.requests import acting, command_context, page

Text = str | Promise
Row = TypeVar("Row", bound=Model)
RecordView = Callable[[HttpRequest, int], HttpResponse]

both_methods = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Words:
    """What a form page says: above the form, on its button, and when its command is done."""

    title: Text
    submit_label: Text
    done: Text
    intro: Text = ""


@dataclass(frozen=True, slots=True)
class FormPage:
    """The words around a form, and where it leads."""

    words: Words
    back_url: str
    breadcrumbs: Sequence[Crumb] = ()
    subject: str = ""
    """Named behind the title, where the way back does not name it."""
    template: str = "web/form_page.html"
    context: dict[str, Any] = field(default_factory=dict)
    url_after: Callable[[Any], str] | None = None

    @property
    def title(self) -> str:
        return f"{self.words.title}: {self.subject}" if self.subject else str(self.words.title)


def command_page(
    request: HttpRequest, form: CommandForm, run: Callable[[CommandContext], Model], about: FormPage
) -> HttpResponse:
    """Show the form, or run the command with what was sent and go on."""
    if request.method == "POST" and form.is_valid():
        context = command_context(request, reason=form.cleaned_data.get("reason", ""))
        done = form.attempt(lambda: run(context))
        if done is not None:
            messages.success(request, str(about.words.done))
            return HttpResponseRedirect(about.back_url if about.url_after is None else about.url_after(done))
    return form_response(
        request,
        form=form,
        title=about.title,
        submit_label=str(about.words.submit_label),
        cancel_url=about.back_url,
        context={"intro": about.words.intro, "breadcrumbs": about.breadcrumbs, **about.context},
        template=about.template,
    )


@dataclass(frozen=True, slots=True)
class RecordPages(Generic[Row]):
    """The pages that change records of one kind: each is a form, its command, and the words around them.

    ``find`` returns the record that the address names, if the acting person may change it so, and refuses otherwise.
    ``about`` puts the words of one page where the record's pages stand.
    """

    find: Callable[[HttpRequest, int], Row]
    about: Callable[[HttpRequest, Row, Words], FormPage]

    def page(
        self,
        words: Words,
        make_form: Callable[[Actor, Row, QueryDict | None], CommandForm],
        run: Callable[[CommandContext, Row, Any], Model],
    ) -> RecordView:
        """Return the view of one page."""

        def view(request: HttpRequest, pk: int) -> HttpResponse:
            row = self.find(request, pk)
            form = make_form(acting(request), row, request.POST or None)
            about = self.about(request, row, words)
            return command_page(request, form, lambda context: run(context, row, form), about)

        guarded: RecordView = both_methods(page(view))
        return guarded
