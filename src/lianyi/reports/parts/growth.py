"""What grew in the period: techniques and whether they are kept, sessions held, people who learned, milestones."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.access import decide
from lianyi.growth.learning_lines import WAY_WORDS
from lianyi.growth.models import SessionState
from lianyi.growth.queries import learning_flows, projects, techniques, training
from lianyi.growth.technique_ladders import Climbed, climbed_all
from lianyi.growth.technique_texts import STANDING_TONES, STANDING_WORDS, TEAM_WORDS
from lianyi.methods.learning_flows import passages_within
from lianyi.methods.technique_ladder import AfterTeam
from lianyi.pages.names import name_of
from lianyi.reports.content import Cell, Grid, Number, Part
from lianyi.reports.parts.asking import Asked, listed


def part_of(asked: Asked) -> Part | None:
    """Return what grew; None where the reader may read neither departments nor training."""
    if not decide(asked.actor, "growth.read").allowed:
        return None
    found = climbed_all(techniques.techniques(asked.actor).filter(agreement=asked.agreement), asked.span.end)
    chosen = [each for each in found if each.row.chosen_on <= asked.span.end]
    columns = (_("Technique"), _("Department"), _("Stands at"), _("After the team left"))
    return Part(
        key="growth",
        title=_("What grew"),
        numbers=(*_technique_numbers(asked, chosen), *_learned(asked), *_milestones(asked)),
        grid=Grid(columns, tuple(_row(each) for each in chosen)),
        empty=_("Nothing of training, techniques or construction was recorded under this agreement in this period."),
    )


def _row(each: Climbed) -> tuple[Cell, ...]:
    standing = each.ladder.standing
    return (
        Cell(name_of(each.row), each.row.get_absolute_url()),
        Cell(f"{name_of(each.row.institution)} · {name_of(each.row.department)}"),
        Cell(str(STANDING_WORDS[standing]), tone=STANDING_TONES[standing]),
        Cell(str(TEAM_WORDS[each.team.state])),
    )


def _technique_numbers(asked: Asked, chosen: list[Climbed]) -> tuple[Number, ...]:
    if not chosen:
        return ()
    url = listed("growth:techniques", agreement=asked.agreement.code)
    after = Counter(each.team.state for each in chosen)
    judged = after[AfterTeam.KEPT] + after[AfterTeam.LAPSED]
    return (
        Number(
            label=_("Techniques chosen"),
            value=str(len(chosen)),
            definition=_("chosen under this agreement up to the end of the period"),
            url=url,
        ),
        Number(
            label=_("Kept after the team left"),
            value=f"{after[AfterTeam.KEPT]}/{judged}" if judged else _("too early to say"),
            definition=_("done by local staff alone long enough after the visiting team had gone"),
            url=url,
        ),
    )


def _learned(asked: Asked) -> tuple[Number, ...]:
    if not (decide(asked.actor, "training.read").allowed or decide(asked.actor, "training.count").allowed):
        return ()
    held = training.countable(asked.actor, training.sessions(asked.actor)).filter(
        agreement=asked.agreement,
        state=SessionState.HELD,
        held_on__range=(asked.span.start, asked.span.end),
    )
    numbers = [
        Number(
            label=_("Sessions held"),
            value=str(held.count()),
            definition=_("courses, ward rounds, case discussions, lectures and free clinics that took place"),
            url=listed("growth:courses", words=asked.agreement.code),
        )
    ]
    passages = passages_within(
        learning_flows.passages(asked.actor, learning_flows.Asked(asked.today, asked.agreement.pk)), asked.span
    )
    people: dict[str, set[object]] = {}
    for each in passages:
        if each.person is not None:
            people.setdefault(each.way, set()).add(each.person)
    numbers += [
        Number(
            label=_("People who learned: %(way)s") % {"way": WAY_WORDS[way]},
            value=asked.shown(len(who)),
            definition=_("different people; who learned in several ways stands in each"),
            url=listed("growth:learned", way=way, since=asked.span.start, until=asked.span.end),
        )
        for way, who in sorted(people.items())
    ]
    return tuple(numbers) if passages or held else ()


def _milestones(asked: Asked) -> tuple[Number, ...]:
    rows = [
        each
        for each in projects.milestones(
            asked.actor, projects.projects(asked.actor, asked.today).filter(agreement=asked.agreement)
        )
        if each.planned_to <= asked.span.end or (each.verified_on is not None and each.verified_on <= asked.span.end)
    ]
    due = [each for each in rows if asked.span.start <= each.planned_to <= asked.span.end]
    signed = [
        each for each in rows if each.verified_on is not None and asked.span.start <= each.verified_on <= asked.span.end
    ]
    if not due and not signed:
        return ()
    url = listed("growth:projects", agreement=asked.agreement.code)
    return (
        Number(
            label=pgettext("report", "Milestones signed"),
            value=str(len(signed)),
            definition=_("reached and signed by the other side in the period"),
            url=url,
        ),
        Number(
            label=pgettext("report", "Milestones that were due"),
            value=str(len(due)),
            definition=_("planned to be reached in the period"),
            url=url,
        ),
    )
