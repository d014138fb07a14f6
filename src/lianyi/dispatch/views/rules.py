"""An agreement's postings and rounds against the rules of its programme, and the rows behind a counted duty."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.dispatch import board_queries, queries, rounds_queries
from lianyi.dispatch.findings import blocks_of, confidence_word, words_of
from lianyi.dispatch.models import Posting, PostingState
from lianyi.dispatch.presence_strip import WIDTH, YearStrip, year_strips
from lianyi.dispatch.rounds_findings import RoundRecords
from lianyi.dispatch.rule_checks import NO_ROUNDS, rule_findings, summaries
from lianyi.dispatch.stationed import stationed_figures, stationed_rule
from lianyi.dispatch.tables import EvidenceTable, RuleAgreementTable
from lianyi.dispatch.views.parts import asked_day, rows_url
from lianyi.methods.periods import DateSpan
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.listing import list_response
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, log_list_reading, page
from lianyi.partnerships import queries as partnerships
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.promises import DutyPeriod, accounts_of
from lianyi.partnerships.rulebook import rule_book
from lianyi.partnerships.templatetags.partnership_words import amount, state_tone, state_word, unit_word
from lianyi.partnerships.views.parts import agreement_context
from lianyi.registry.models import Institution
from lianyi.rules import Measure, RuleSet


@require_safe
@page
def rule_agreements(request: HttpRequest) -> HttpResponse:
    """List the agreements whose postings a rule set judges."""
    actor = acting(request)
    counted = Count(
        "postings", filter=~Q(postings__state__in=(PostingState.VOID, PostingState.CANCELLED)), distinct=True
    )
    rows = partnerships.agreements(actor).exclude(rule_set="").annotate(posting_count=counted)
    return list_response(
        request, table_class=RuleAgreementTable, rows=rows, title=_("Rule checks"), export_name="rule-checks"
    )


def _rule_set_of(agreement: Agreement) -> RuleSet | None:
    return rule_book().get(agreement.rule_set) if agreement.rule_set else None


@require_safe
@page
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    agreement = partnerships.agreement(actor, pk)
    today = timezone.localdate()
    rule_set = _rule_set_of(agreement)
    readable = queries.postings(actor).filter(agreement=agreement).exclude(state=PostingState.CANCELLED)
    rows = list(readable)
    if rows:
        log_list_reading(request, Posting, len(rows))
    found = rule_findings(agreement, rule_set, rows, today, _rounds(actor, agreement, rule_set)) if rule_set else []
    blocks = blocks_of(summaries(found), {row.pk: row for row in rows}, today)
    rule = stationed_rule(agreement, rule_set)
    context = {
        **agreement_context(request, agreement, "dispatch:rules"),
        "rule_set": rule_set,
        "rule_set_title": "" if rule_set is None else words_of(rule_set.title),
        "rule_set_place": "" if rule_set is None else words_of(rule_set.jurisdiction.name),
        "rule_set_confidence": "" if rule_set is None else confidence_word(rule_set.confidence),
        "is_rule_set_valid": rule_set is not None and rule_set.is_valid_on(agreement.starts_on),
        "blocks": [_with_addresses(block, agreement) for block in blocks],
        "strips": _strips(board_queries.stretches(readable), agreement, today),
        "strip_width": WIDTH,
        "stationed_rule": rule,
        "stationed": [] if rule is None else stationed_figures(rows, rule, agreement.term, today),
    }
    return render(request, "dispatch/rules.html", context)


def _rounds(actor: Actor, agreement: Agreement, rule_set: RuleSet) -> RoundRecords:
    """Read the rounds under an agreement where its rules ask for any."""
    asks = rule_set.requirements_for(Measure.ROUNDS_PER_PERIOD)
    return rounds_queries.records_of(actor, agreement) if asks else NO_ROUNDS


def _with_addresses(block: Any, agreement: Agreement) -> dict[str, Any]:  # noqa: ANN401 - a requirement in words
    lines = [
        {
            "line": line,
            "url": rows_url(line.posting_ids, agreement),
            "rounds_url": reverse("dispatch:round-frequency", args=[line.programme_id]) if line.programme_id else "",
        }
        for line in block.lines
    ]
    return {"block": block, "lines": lines}


def _strips(stretches: Sequence[board_queries.Stretch], agreement: Agreement, today: datetime.date) -> list[YearStrip]:
    if not stretches:
        return []
    absences = board_queries.absences_within([row.posting_id for row in stretches], agreement.term)
    return year_strips(board_queries.presence(stretches, absences, today), agreement.term, today)


@require_safe
@page
def evidence(request: HttpRequest, pk: int, first_day: str) -> HttpResponse:
    """Show the postings behind what was counted for a duty in one of its periods."""
    actor = acting(request)
    duty = partnerships.duty(actor, pk)
    day = asked_day(first_day, timezone.localdate())
    [account] = accounts_of([duty], timezone.localdate())
    period = next((each for each in account.periods if each.span.start == day), None)
    if period is None:
        raise NotFoundInScopeError("The duty has no period that begins on this day.", model="DutyPeriod")
    ids = () if period.evidence is None else period.evidence.row_ids
    rows = queries.postings(actor).filter(pk__in=ids)
    agreement = duty.agreement
    context = {
        "duty": duty,
        "period": period,
        "figures": _figures(period),
        "state_word": state_word(period.state),
        "state_tone": state_tone(period.state),
        "behind": len(ids),
        "within_reach": rows.count(),
        "gaps": _gaps(period),
        "breadcrumbs": [
            Crumb(name_of(agreement, "title"), reverse("partnerships:agreement", args=[agreement.pk])),
            Crumb(name_of(duty, "title"), reverse("partnerships:duty", args=[duty.pk])),
        ],
    }
    return list_response(
        request,
        table_class=EvidenceTable,
        rows=rows,
        title=f"{name_of(duty, 'title')} · {period.label}",
        export_name=f"evidence-{duty.code}-{first_day}",
        template="dispatch/evidence.html",
        context=context,
    )


def _figures(period: DutyPeriod) -> list[tuple[str, object]]:
    found = period.evidence
    unit = period.duty.unit
    figures: list[tuple[str, object]] = [
        (_("Period"), f"{period.span.start} – {period.span.end}"),
        (_("Promised"), f"{amount(period.promised, unit)} {unit_word(unit)}"),
    ]
    if found is None:
        return [*figures, (_("Delivered"), None)]
    figures.append((_("Delivered"), f"{amount(found.value, unit)} {unit_word(unit)}"))
    if found.denominator is not None:
        figures.append((_("Numerator"), found.numerator))
        figures.append((_("Denominator"), found.denominator))
    figures += _of_many_institutions(found.detail, unit)
    figures.append((_("Kind of evidence"), period.duty.get_evidence_kind_display()))
    figures.append((_("Sample rows among them"), found.sample_rows))
    return figures


def _of_many_institutions(detail: Mapping[str, object], unit: str) -> list[tuple[str, object]]:
    """Name the institution that a share of presence was counted at, where several are supported."""
    site, mean, sites = detail.get("site"), detail.get("mean"), detail.get("sites")
    if not isinstance(site, Institution) or not isinstance(mean, Decimal) or sites == 1:
        return []
    return [
        (_("Counted at the institution with the fewest days"), name_of(site)),
        (_("Mean of the %(count)s institutions") % {"count": sites}, amount(mean, unit)),
    ]


def _gaps(period: DutyPeriod) -> list[DateSpan]:
    given = () if period.evidence is None else period.evidence.detail.get("gaps", ())
    found = given if isinstance(given, list | tuple) else ()
    return [DateSpan(datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)) for start, end in found]
