"""What a place lacks, how its patients go up and come back, what grew, what was built, and what was demanded of it."""

from __future__ import annotations

from collections import Counter

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.access import decide
from lianyi.dispatch import needs_queries
from lianyi.dispatch.models import NeedState
from lianyi.exchanges.models.visits import HELD_STATES
from lianyi.exchanges.queries import points
from lianyi.growth.queries import projects, techniques
from lianyi.growth.technique_ladders import climbed_all
from lianyi.growth.technique_texts import STANDING_TONES, STANDING_WORDS, TEAM_WORDS
from lianyi.methods.technique_ladder import AfterTeam
from lianyi.pages.names import name_of
from lianyi.pages.values import NOTHING, shown
from lianyi.referrals.counting import counted_institutions, counting_scope, may_count, own_scope
from lianyi.referrals.policies import COUNTRY, policy_book
from lianyi.referrals.statistics import statistics_of
from lianyi.referrals.statistics_line import Names
from lianyi.referrals.statistics_lines import groups_of
from lianyi.referrals.statistics_queries import Selection
from lianyi.referrals.statistics_veil import DrawnVeil
from lianyi.reports.content import Cell, Grid, Number, Part
from lianyi.reports.parts import follow_up
from lianyi.reports.parts.asking import AskedOfPlace, listed
from lianyi.reports.parts.patients import line_row, told_lines
from lianyi.survey import queries as survey
from lianyi.survey.models import Gap

_WANTED = (NeedState.APPROVED, NeedState.OPEN, NeedState.PARTLY_FILLED)


def needs(asked: AskedOfPlace) -> Part | None:
    """Return the needs that wait for people and the gaps put forward; None where the reader reads no postings."""
    if not decide(asked.actor, "dispatch.read").allowed:
        return None
    path = asked.place.node.path
    wanted = [
        each
        for each in needs_queries.needs(asked.actor).filter(place__node__path__startswith=path)
        if each.standing in _WANTED
    ]
    gaps = list(survey.gaps(asked.actor).filter(place__node__path__startswith=path).exclude(state=Gap.State.WITHDRAWN))
    open_gaps = [each for each in gaps if each.state == Gap.State.PUT_FORWARD]
    columns = (_("Where"), _("Resource"), _("Required"), _("Present"), _("Missing"), _("Counted on"), _("State"))
    return Part(
        key="needs",
        title=_("Needs and gaps"),
        numbers=(
            (
                Number(
                    label=_("Needs that wait for people"),
                    value=str(len(wanted)),
                    definition=_("approved and not filled on the day of the report"),
                    url=reverse("dispatch:needs"),
                ),
                Number(
                    label=_("People wanted"),
                    value=str(sum(each.people or 0 for each in wanted)),
                    definition=_("of needs that say a number"),
                    url=reverse("dispatch:needs"),
                ),
                Number(
                    label=_("Gaps without an answer"),
                    value=str(len(open_gaps)),
                    definition=_("shortfalls put forward that nobody has taken up"),
                    url=listed("survey:gaps", state=Gap.State.PUT_FORWARD),
                ),
            )
            if wanted or gaps
            else ()
        ),
        grid=Grid(columns, tuple(_gap_row(each) for each in gaps)),
        empty=_("No need and no gap of this place is on record."),
    )


def _gap_row(each: Gap) -> tuple[Cell, ...]:
    is_open = each.state == Gap.State.PUT_FORWARD
    return (
        Cell(name_of(each.institution) or name_of(each.place), each.get_absolute_url()),
        Cell(str(each.get_resource_display())),
        *(Cell(f"{amount.normalize():f}") for amount in (each.required, each.present, each.shortfall)),
        Cell(shown(each.counted_on)),
        Cell(str(each.get_state_display()), tone="warning" if is_open else "info"),
    )


def patients(asked: AskedOfPlace) -> Part | None:
    """Return how patients of the place went up and came back; counts only, small ones hidden from everybody."""
    if not may_count(asked.actor):
        return None
    now = timezone.now()
    everything = counting_scope(asked.actor)
    legs = everything.filter(asked.within("from_institution") | asked.within("to_institution"))
    found = statistics_of(Selection(legs, asked.span, now))
    columns = (pgettext("report", "Figure"), pgettext("report", "Value"), pgettext("report", "Of how many"))
    first, last = f"{asked.span.start:%Y-%m}", f"{asked.span.end:%Y-%m}"
    url = listed("referrals:statistics", first=first, last=last, reach="all")
    empty = _("No patient of this place was sent up or back in these days.")
    if not found.legs_sent:
        return Part(key="patients", title=_("Patients up and down"), empty=empty)
    limits = policy_book().default_on(asked.span.end, COUNTRY).limits
    others = tuple(statistics_of(Selection(each, asked.span, now)) for each in (everything, own_scope(asked.actor)))
    names: Names = {
        None: _("partners outside the network"),
        **{each.pk: name_of(each) for each in counted_institutions(legs)},
    }
    lines, sentences = told_lines(groups_of(found, names, DrawnVeil(limits.small_cell, others)))
    rows = tuple(line_row(line, url) for title, line in lines if title in _shown_groups())
    return Part(
        key="patients", title=_("Patients up and down"), sentences=sentences, grid=Grid(columns, rows), empty=empty
    )


def _shown_groups() -> tuple[str, ...]:
    return (_("What was asked"), _("Answers"), _("The way back"))


def growth(asked: AskedOfPlace) -> Part | None:
    """Return the techniques of the place's departments and where they stand; None where the reader reads none."""
    if not decide(asked.actor, "growth.read").allowed:
        return None
    rows = techniques.techniques(asked.actor).filter(asked.within("institution"), chosen_on__lte=asked.span.end)
    found = climbed_all(rows, asked.span.end)
    after = Counter(each.team.state for each in found)
    judged = after[AfterTeam.KEPT] + after[AfterTeam.LAPSED]
    columns = (_("Technique"), _("Department"), _("Stands at"), _("After the team left"))
    url = reverse("growth:techniques")
    numbers = (
        Number(
            label=_("Techniques chosen"),
            value=str(len(found)),
            definition=_("up to the end of the period"),
            url=url,
        ),
        Number(
            label=_("Kept after the team left"),
            value=f"{after[AfterTeam.KEPT]}/{judged}" if judged else _("too early to say"),
            definition=_("done by local staff alone long enough after the visiting team had gone"),
            url=url,
        ),
    )
    return Part(
        key="growth",
        title=_("What grew"),
        numbers=numbers if found else (),
        grid=Grid(
            columns,
            tuple(
                (
                    Cell(name_of(each.row), each.row.get_absolute_url()),
                    Cell(f"{name_of(each.row.institution)} · {name_of(each.row.department)}"),
                    Cell(str(STANDING_WORDS[each.ladder.standing]), tone=STANDING_TONES[each.ladder.standing]),
                    Cell(str(TEAM_WORDS[each.team.state])),
                )
                for each in found
            ),
        ),
        empty=_("No technique was chosen for a department of this place."),
    )


def building(asked: AskedOfPlace) -> Part | None:
    """Return the construction projects of the place; None where the reader reads none."""
    if not decide(asked.actor, "growth.read").allowed:
        return None
    rows = projects.projects(asked.actor, asked.today).filter(asked.within("institution"))
    columns = (_("Project"), _("Institution"), _("Milestones signed"), _("Next due on"), _("State"))
    return Part(
        key="projects",
        title=_("Construction projects"),
        grid=Grid(
            columns,
            tuple(
                (
                    Cell(name_of(each), each.get_absolute_url()),
                    Cell(name_of(each.institution)),
                    Cell(f"{each.signed_count}/{each.milestone_count}"),
                    Cell(NOTHING if each.next_due_on is None else shown(each.next_due_on)),
                    Cell(
                        f"{each.get_state_display()} · {_('late')}" if each.is_late else str(each.get_state_display()),
                        tone="bad" if each.is_late else "info",
                    ),
                )
                for each in rows
            ),
        ),
        empty=_("No construction project of this place is on record."),
    )


def demands(asked: AskedOfPlace) -> list[Part]:
    """Return what became of all that visits asked of the place; nothing where the reader reads no visits."""
    if not decide(asked.actor, "visit.read").allowed:
        return []
    here = asked.within("institution") | asked.within("visit__host") | asked.within("visit__place")
    rows = points.open_points(asked.actor).filter(
        here, raised_on__lte=asked.span.end, visit__state__in=HELD_STATES, merged_into__isnull=True
    )
    found = points.standings(asked.actor, list(rows.filter(~Q(kind="praise")).order_by("raised_on", "pk")), asked.today)
    lists = follow_up.Rows(listed("exchanges:points", open="yes"), listed("exchanges:actions", open="yes"))
    nothing = _("No visit has asked anything of this place.")
    return [
        follow_up.summary("demands", _("What visits asked, and what became of it"), found, lists),
        follow_up.one_by_one("demand-rows", _("What visits asked, one by one"), found, nothing),
    ]
