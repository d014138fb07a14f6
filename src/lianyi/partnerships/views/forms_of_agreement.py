"""The forms by which an agreement is written, changed, put in force, renewed and ended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.access import get_in_scope, require
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.roles import Act
from lianyi.pages.requests import acting, command_context, page
from lianyi.partnerships import commands, queries
from lianyi.partnerships.commands.agreements import EDITABLE
from lianyi.partnerships.forms import (
    AnswerPartForm,
    ChangeAgreementForm,
    ConfirmForm,
    DocumentForm,
    LastDayForm,
    NewAgreementForm,
    PartyForm,
    RenewForm,
    TerminateForm,
)
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.partnerships.rulebook import rule_book
from lianyi.partnerships.views.parts import FormPage, agreement_crumbs, run_form
from lianyi.registry.models import Institution

_PARTIES = ("first_party", "first_side", "second_party", "second_side")


def _url(row: Agreement) -> str:
    return reverse("partnerships:agreement", args=[row.pk])


def _own_code(request: HttpRequest) -> str:
    actor = acting(request)
    own = Institution.objects.filter(pk=actor.node_id).first()
    return own.code if own is not None else ""


@page
def new(request: HttpRequest) -> HttpResponse:
    require(acting(request), "agreement.write")
    # Another page may know the parties already, for example a pairing plan that was decided.
    asked = {name: request.GET[name] for name in _PARTIES if name in request.GET}
    form = NewAgreementForm(request.POST or None, initial={"first_party": _own_code(request), **asked})

    def run() -> Agreement:
        facts = {**form.facts(), "approvals": tuple(form.cleaned_data["approvals"])}
        wanted = commands.NewAgreement(code=form.cleaned_data["code"], parties=form.parties(), **facts)
        return commands.draft_agreement(command_context(request), rule_book(), wanted)

    about = FormPage(
        title=_("New agreement"),
        submit_label=_("Write the draft"),
        cancel_url=reverse("partnerships:agreements"),
        done=_(
            "The draft is written, and the other institution is asked to confirm. Add its duties, then put it in force."
        ),
        crumbs=agreement_crumbs(),
        intro=_(
            "A draft opens nothing but itself, to the institutions that it names. Duties and further parties are added "
            "on its page."
        ),
    )
    return run_form(request, form, about, run, _url)


@page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.agreement(acting(request), pk)
    require(acting(request), "agreement.write", row)
    initial = {name: getattr(row, name) for name in EDITABLE if name in ChangeAgreementForm.base_fields}
    form = ChangeAgreementForm(request.POST or None, initial={**initial, "expected_version": row.version})

    def run() -> Agreement:
        version = form.cleaned_data["expected_version"]
        context = command_context(request, reason=form.cleaned_data["reason"])
        return commands.change_agreement(context, rule_book(), row, form.facts(), version)

    about = FormPage(
        title=_("Change the agreement"),
        submit_label=_("Save"),
        cancel_url=_url(row),
        done=_("The agreement is changed."),
        crumbs=agreement_crumbs(row),
    )
    return run_form(request, form, about, run, _url)


@page
def force(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.agreement(acting(request), pk)
    require(acting(request), "agreement.write", row)
    form = ConfirmForm(request.POST or None, initial={"expected_version": row.version})

    def run() -> Agreement:
        return commands.put_in_force(command_context(request), row, form.cleaned_data["expected_version"])

    about = FormPage(
        title=_("Put the agreement in force"),
        submit_label=_("Put in force"),
        cancel_url=_url(row),
        done=_("The agreement is in force. The parties that have confirmed reach it now."),
        crumbs=agreement_crumbs(row),
        intro=_(
            "Each party that has confirmed will see this agreement, its postings, and the registry entries of the "
            "other parties that have confirmed."
        ),
    )
    return run_form(request, form, about, run, _url)


@page
def terminate(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.agreement(acting(request), pk)
    require(acting(request), "agreement.write", row)
    initial = {"expected_version": row.version, "last_day": timezone.localdate()}
    form = TerminateForm(request.POST or None, initial=initial)

    def run() -> Agreement:
        data = form.cleaned_data
        context = command_context(request, reason=data["reason"])
        return commands.terminate_agreement(context, row, data["last_day"], data["expected_version"])

    about = FormPage(
        title=_("End the agreement before its term"),
        submit_label=_("End it"),
        cancel_url=_url(row),
        done=_("The agreement is ended. Its record stays open to its parties, their registries close to each other."),
        crumbs=agreement_crumbs(row),
        danger=True,
    )
    return run_form(request, form, about, run, _url)


@page
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.agreement(acting(request), pk)
    require(acting(request), "agreement.write", row)
    form = RenewForm(request.POST or None, initial={"code": f"{row.code}-2"})

    def run() -> Agreement:
        data = form.cleaned_data
        return commands.renew_agreement(command_context(request), row, data["code"], data["starts_on"], data["ends_on"])

    about = FormPage(
        title=_("Renew the agreement"),
        submit_label=_("Draft the next term"),
        cancel_url=_url(row),
        done=_("The next term is drafted with the same parties and duties. Change what is new, then put it in force."),
        crumbs=agreement_crumbs(row),
    )
    return run_form(request, form, about, run, _url)


@page
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.agreement(acting(request), pk)
    require(acting(request), "agreement.write", row)
    form = DocumentForm(request.POST or None, request.FILES or None, initial={"expected_version": row.version})

    def run() -> Agreement:
        upload = form.cleaned_data["document"]
        version = form.cleaned_data["expected_version"]
        return commands.attach_document(command_context(request), row, upload.name, upload.read(), version)

    about = FormPage(
        title=_("Keep the signed document"),
        submit_label=_("Upload"),
        cancel_url=_url(row),
        done=_("The document is kept with the agreement."),
        crumbs=agreement_crumbs(row),
    )
    return run_form(request, form, about, run, _url)


@page
def add_party(request: HttpRequest, pk: int) -> HttpResponse:
    row = queries.agreement(acting(request), pk)
    require(acting(request), "agreement.write", row)
    form = PartyForm(request.POST or None, initial={"valid_from": row.starts_on})

    def run() -> AgreementParty:
        data = form.cleaned_data
        return commands.add_party(
            command_context(request), row, data["institution"].pk, data["side"], data["valid_from"]
        )

    about = FormPage(
        title=_("Add a party"),
        submit_label=_("Add"),
        cancel_url=_url(row),
        done=_("The party is added. Unless you act for it, it is asked to confirm first."),
        crumbs=agreement_crumbs(row),
    )
    return run_form(request, form, about, run, lambda _party: _url(row))


@page
def end_party(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    parties = AgreementParty.objects.select_related("agreement", "institution")
    party = get_in_scope(actor, parties, pk, Act.WRITE)
    form = LastDayForm(
        request.POST or None, initial={"expected_version": party.version, "last_day": timezone.localdate()}
    )

    def run() -> AgreementParty:
        data = form.cleaned_data
        return commands.end_party(command_context(request), party, data["last_day"], data["expected_version"])

    about = FormPage(
        title=_("Let a party leave"),
        submit_label=_("End its part"),
        cancel_url=_url(party.agreement),
        done=_("The party leaves; what the agreement opened to it and about it closes after its last day."),
        crumbs=agreement_crumbs(party.agreement),
        danger=True,
    )
    return run_form(request, form, about, run, lambda _party: _url(party.agreement))


@page
def answer_part(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or refuse for the institutions that the reader acts for and that the agreement names."""
    actor = acting(request)
    row = queries.agreement(actor, pk)
    parties = list(queries.asked_parties(actor).filter(agreement=row))
    if not parties:
        raise NotFoundInScopeError("Nothing waits for your answer in this agreement.", reason="nothing-asked")
    form = AnswerPartForm(parties, request.POST or None, initial={"parties": [party.pk for party in parties]})

    def run() -> Agreement:
        given = form.cleaned_data
        if given["answer"] == "yes":
            return commands.confirm_parties(command_context(request), row, given["parties"])
        context = command_context(request, reason=given["reason"])
        return commands.refuse_parties(context, row, given["parties"])

    about = FormPage(
        title=_("Your hospital is named in an agreement: confirm or refuse"),
        submit_label=_("Send the answer"),
        cancel_url=_url(row),
        done=_("Your answer is recorded."),
        crumbs=agreement_crumbs(row),
        intro=_(
            "Once you confirm and the agreement is in force, its other parties see your registry entries and the "
            "postings under it, and you see theirs. If you refuse, nothing opens."
        ),
    )
    return run_form(request, form, about, run, _url)
