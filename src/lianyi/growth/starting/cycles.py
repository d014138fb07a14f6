"""What capability cycles register when the application starts."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lianyi.accounts.access import RelationPath, ScopeRule, decide, register_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Family
from lianyi.growth import models
from lianyi.growth.commands.cycles import keeps_cycles
from lianyi.growth.cycles_machine import OVER, PROPOSING, standing_of
from lianyi.growth.cycles_ranking import GapLine, in_order
from lianyi.growth.imports import cycles as imports
from lianyi.growth.queries import cycles as queries
from lianyi.growth.rulebook import ranking_on
from lianyi.growth.tables.cycles import due_for_review
from lianyi.growth.texts_cycles import ACTION_NAMES, ERROR_TEXTS
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.need_sources import Found, NeedSource, ProposedNeed, register_need_source
from lianyi.partnerships.queries import TimelineEntry, register_timeline_source
from lianyi.partnerships.scopes import AGREEMENT_TARGET

SOURCE = "capability_cycle"
LONGEST_WORDS = 400
_LOOKUPS = {
    models.CapabilityCycle: "",
    models.CapabilityGap: "cycle__",
    models.GapPlanLine: "gap__cycle__",
    models.GapReview: "gap__cycle__",
}
# What these show is proposed as a need by their own application already.
_OWN = (models.GapOrigin.ITEM, models.GapOrigin.BY_HAND)


def register() -> None:
    for model, prefix in _LOOKUPS.items():
        rule = ScopeRule(family=Family.GROWTH, relations=(RelationPath(AGREEMENT_TARGET, f"{prefix}agreement_id"),))
        register_scope(model, rule)
    register_error_texts(ERROR_TEXTS)
    register_action_names(ACTION_NAMES)
    register_home_provider(items)
    register_timeline_source(timeline_entries)
    register_need_source(NeedSource(SOURCE, gaps_of_people, "growth:capability-cycles", _reads_growth))
    imports.register()


def _reads_growth(actor: Actor) -> bool:
    return decide(actor, "growth.read").allowed


def gaps_of_people(actor: Actor) -> Found:
    """Propose the gaps of people of running cycles, ranked as there, each with its reason."""
    if not _reads_growth(actor):
        return Found(why_nothing=_("The role in which you act does not read capability cycles."))
    rows = list(queries.cycles(actor))
    if not rows:
        return Found(why_nothing=_("No capability cycle lies within your reach yet."))
    steps = queries.steps_by_cycle(rows)
    ranking = ranking_on(timezone.localdate())
    found = []
    for row in rows:
        if standing_of(steps.get((row.agreement_id, row.number), [])) in PROPOSING:
            found += [_need(each) for each in in_order(queries.gaps_of(actor, row), ranking) if _is_own(each)]
    return Found(tuple(found))


def _is_own(line: GapLine) -> bool:
    return line.asks_for_people and line.gap.origin in _OWN


def _need(line: GapLine) -> ProposedNeed:
    gap = line.gap
    zh = f"能力差距第{line.rank}位（{line.points:.0f}分）：{gap.words_zh}"
    en = f"Capability gap at place {line.rank} ({line.points:.0f} points): {gap.words_en or gap.words_zh}"
    return ProposedNeed(
        key=f"growth-gap:{gap.pk}",
        place=gap.institution.place,
        institution=gap.institution,
        department=gap.department,
        specialty=gap.specialty,
        profession=gap.profession,
        figure=round(line.points),
        people=None,
        words_zh="；".join(filter(None, (zh, gap.need_zh)))[:LONGEST_WORDS],
        words_en="; ".join(filter(None, (en, gap.need_en)))[:LONGEST_WORDS],
        counted_on=gap.seen_on,
        is_sample=gap.is_sample,
    )


def items(actor: Actor) -> list[HomeItem]:
    """Return the reviews that are due and the lines of plans whose day is over."""
    if not keeps_cycles(actor.role) or not decide(actor, "growth.write").allowed:
        return []
    found = []
    due = due_for_review(scoped(actor, models.CapabilityCycle.objects.all(), Act.WRITE))
    if count := due.count():
        text = ngettext("Review of a capability cycle is due", "Reviews of capability cycles are due", count)
        found.append(HomeItem(text, f"{reverse('growth:capability-cycles')}?due=yes", count, tone="warning"))
    late = models.GapPlanLine.objects.filter(state=models.LineState.PLANNED, due_on__lt=timezone.localdate())
    rows = scoped(actor, late, Act.WRITE).select_related("gap__cycle").order_by("due_on", "pk")
    if count := rows.count():
        text = ngettext("Line of a gap plan is late", "Lines of gap plans are late", count)
        first = rows[0]
        found.append(HomeItem(text, first.get_absolute_url(), count, tone="bad", due_on=first.due_on))
    return found


def timeline_entries(actor: Actor, agreement: Agreement) -> list[TimelineEntry]:
    """Return for the time line what each finished review found."""
    rows = queries.cycles_of(actor, agreement)
    steps = queries.steps_by_cycle(rows)
    found = []
    for row in rows:
        of_cycle = steps.get((agreement.pk, row.number), [])
        if standing_of(of_cycle) != OVER or of_cycle[-1].finished_on is None:
            continue
        reviews = scoped(actor, models.GapReview.objects.filter(gap__cycle=row))
        closed = reviews.filter(result=models.ReviewResult.CLOSED).count()
        every = reviews.count()
        found.append(
            TimelineEntry(
                of_cycle[-1].finished_on,
                "day",
                "other",
                f"第{row.number}轮能力建设复评：{every}项差距中{closed}项已消除",
                f"Capability cycle {row.number} reviewed: {closed} of {every} gaps closed",
                row.provenance,
            )
        )
    return found
