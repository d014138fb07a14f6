"""An institution says that a patient is there: by document, or with the referral that nobody wrote."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships.views.parts import FormPage, run_form
from lianyi.referrals import queries
from lianyi.referrals.commands.presence import tell_presence
from lianyi.referrals.commands.walk_ins import write_walk_in
from lianyi.referrals.forms.presence import PresenceForm
from lianyi.referrals.forms.walk_ins import WalkInForm
from lianyi.referrals.handling import require_handling
from lianyi.referrals.views.work import referral_crumbs
from lianyi.registry.models import Institution


def _own_places(request: HttpRequest) -> list[Institution]:
    """Return the places of the reader, who must be one that handles referrals."""
    actor = acting(request)
    require_handling(actor)
    return list(queries.own_places(actor))


@require_http_methods(["GET", "POST"])
@page
def presence(request: HttpRequest) -> HttpResponse:
    """Tell the open cases of a person where the person is; the page never says whether there are any."""
    places = _own_places(request)
    form = PresenceForm(places, request.POST or None)
    about = FormPage(
        title=gettext_lazy("The patient is here"),
        submit_label=gettext_lazy("Tell it"),
        cancel_url=reverse("referrals:work"),
        done=gettext_lazy("It is recorded. Whoever has an open referral of this person was told."),
        crumbs=referral_crumbs(),
        intro=gettext_lazy(
            "Somebody came, was admitted or went home here. Open referrals of the same person elsewhere are told, so "
            "that nobody waits for a patient who is here. A referral to your own institution is answered on its case."
        ),
    )
    return run_form(
        request,
        form,
        about,
        lambda: tell_presence(command_context(request), form.presence()),
        lambda _place: reverse("referrals:work"),
    )


@require_http_methods(["GET", "POST"])
@page
def walk_in(request: HttpRequest) -> HttpResponse:
    """Write the referral of a patient who came first."""
    places = _own_places(request)
    form = WalkInForm(places, request.POST or None)
    about = FormPage(
        title=gettext_lazy("The patient came first"),
        submit_label=gettext_lazy("Write the referral afterwards"),
        cancel_url=reverse("referrals:work"),
        done=gettext_lazy("The case stands as arrived, entered afterwards. The unit was told."),
        crumbs=referral_crumbs(),
        intro=gettext_lazy(
            "For somebody who came without a referral. The unit named here has the case as its sender: it reads the "
            "outcome and may take the patient back. No time to an answer is counted."
        ),
    )
    return run_form(
        request,
        form,
        about,
        lambda: write_walk_in(command_context(request), form.walk_in()),
        lambda leg: reverse("referrals:case", args=[leg.pk]),
    )
