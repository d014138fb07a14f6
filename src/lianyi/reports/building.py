"""A whole report of a partnership, put together from its parts in the active language."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from lianyi.accounts.actors import Actor
from lianyi.dispatch.rounds_disclosure import watched_counts
from lianyi.pages.names import name_of
from lianyi.pages.values import shown
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.partnerships.promises import PromiseState
from lianyi.reports.content import Fact, Part, Report, ReportPeriod
from lianyi.reports.errors import ReportNotBegunError, ReportOutsideTermError
from lianyi.reports.parts import exchanges, growth, happenings, patients, people, promises
from lianyi.reports.parts.asking import Asked

_PARTS: Final = (promises, people, patients, growth, exchanges, happenings)


def check_period(agreement: Agreement, period: ReportPeriod, today: datetime.date) -> None:
    """Refuse a period of which there is nothing to tell.

    Raises
    ------
    ReportNotBegunError, ReportOutsideTermError
    """
    if period.span.start > today:
        message = f"{period} begins on {period.span.start}, after today. Choose a period that has begun."
        raise ReportNotBegunError(message, field="period", period=str(period), start=period.span.start)
    term = agreement.term
    if not period.span.overlaps(term):
        message = f"{period} lies outside the term of the agreement, {term.start} to {term.end}."
        raise ReportOutsideTermError(message, field="period", period=str(period), start=term.start, end=term.end)


def report_of(actor: Actor, agreement: Agreement, period: ReportPeriod, today: datetime.date) -> Report:
    """Return the report of an agreement for a period as the actor may read it, in the active language.

    Raises
    ------
    ReportNotBegunError, ReportOutsideTermError
    """
    check_period(agreement, period, today)
    asked = Asked(actor, agreement, period, today, watched_counts())
    parts = tuple(part for part in (each.part_of(asked) for each in _PARTS) if part is not None)
    return Report(
        title=title_of(period),
        subtitle=name_of(agreement, "title"),
        marks=(_("Sample data"),) if agreement.is_sample else (),
        facts=_facts(asked),
        parts=parts,
        limits_title=_("What these numbers cannot say"),
        limits=_limits(asked, parts),
        signed=(_("For the supporting side"), _("For the supported side")),
    )


def documents_of(actor: Actor, agreement: Agreement, period: ReportPeriod, today: datetime.date) -> dict[str, Any]:
    """Return the report in every language of the site, by language."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = report_of(actor, agreement, period, today).as_document()
    return found


def checksum_of(documents: Mapping[str, Any]) -> str:
    """Return one value for what a kept report says; the same words give the same value on both databases."""
    text = json.dumps(documents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def title_of(period: ReportPeriod) -> str:
    if period.quarter is None:
        return _("Yearly report %(year)s") % {"year": period.year}
    return _("Quarterly report %(year)s, quarter %(quarter)s") % {"year": period.year, "quarter": period.quarter}


def _facts(asked: Asked) -> tuple[Fact, ...]:
    sides: dict[str, list[str]] = {}
    parties = asked.agreement.parties.select_related("institution").order_by("institution__code")
    for party in parties:
        sides.setdefault(party.side, []).append(name_of(party.institution))
    term, span = asked.agreement.term, asked.span
    return (
        Fact(_("Supporting side"), " · ".join(sides.get(AgreementParty.Side.SUPPORTING, ()))),
        Fact(_("Supported side"), " · ".join(sides.get(AgreementParty.Side.SUPPORTED, ()))),
        Fact(_("Term"), f"{shown(term.start)} – {shown(term.end)}"),
        Fact(_("Days counted"), f"{shown(span.start)} – {shown(span.end)}"),
        Fact(pgettext("report", "As known on"), shown(asked.today)),
    )


def _limits(asked: Asked, parts: Sequence[Part]) -> tuple[str, ...]:
    found = [
        _(
            "They say what was done, not what it changed: nothing here is compared with places that had no partner. "
            "Whether it worked is the question of an evaluation."
        )
    ]
    unmeasured = sum(each.state == PromiseState.NOT_MEASURED for each in promises.periods_in(asked))
    if unmeasured:
        words = ngettext(
            "%(count)s promise is not measured by anything; it is neither kept nor broken.",
            "%(count)s promises are not measured by anything; they are neither kept nor broken.",
            unmeasured,
        )
        found.append(words % {"count": unmeasured})
    if asked.span.end < asked.period.span.end and asked.span.end == asked.today:
        found.append(_("The period is not over; everything is counted up to the day of the report."))
    term, whole = asked.agreement.term, asked.period.span
    if term.start > whole.start or term.end < whole.end:
        found.append(_("The agreement was not in force on every day of the period; only days of its term are counted."))
    if asked.agreement.is_sample or any(number.marks for part in parts for number in part.numbers):
        found.append(_("What is marked as sample was invented to show how Lianyi works."))
    found.append(
        _("What newspapers and announcements reported stands under “What happened” and counts toward nothing.")
    )
    return tuple(found)
