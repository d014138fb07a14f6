"""What is said to people about rounds: tones, refusals, names of actions, words for codes, numbers and problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from lianyi.dispatch.models import PlanState, RoundPeriod, RoundProgramme, VisitReason, VisitService, VisitState
from lianyi.dispatch.rounds_checks import LineProblem
from lianyi.dispatch.rounds_comparison import ChangeKind
from lianyi.dispatch.rounds_frequency import CLOSED, NOT_PLANNED, NOT_RECORDED
from lianyi.dispatch.rounds_rules import rule_of
from lianyi.dispatch.rounds_values import codes_in
from lianyi.methods.round_plans.plan import MissReason
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.reference_names import reference_name

Text = str | Promise
WEEKDAY_NAMES: Mapping[str, Text] = {
    "1": gettext_lazy("Monday"),
    "2": gettext_lazy("Tuesday"),
    "3": gettext_lazy("Wednesday"),
    "4": gettext_lazy("Thursday"),
    "5": gettext_lazy("Friday"),
    "6": gettext_lazy("Saturday"),
    "7": gettext_lazy("Sunday"),
}
VISIT_TONES: Mapping[str, str] = {
    VisitState.PLANNED: "info",
    VisitState.DONE: "good",
    VisitState.SHORTENED: "warning",
    VisitState.MISSED: "bad",
    VisitState.WITHDRAWN: "neutral",
}
PLAN_TONES: Mapping[str, str] = {
    PlanState.PROPOSED: "warning",
    PlanState.TAKEN_OVER: "good",
    PlanState.PUT_ASIDE: "neutral",
}
CHANGE_WORDS: Mapping[str, Text] = {
    ChangeKind.MOVED: gettext_lazy("moves to another day or team"),
    ChangeKind.NEW: gettext_lazy("is new"),
    ChangeKind.WITHDRAWN: gettext_lazy("falls away"),
    ChangeKind.RETIMED: gettext_lazy("only the time changes"),
    ChangeKind.SAME: gettext_lazy("stays"),
}
_SHORTFALL_WORDS: Mapping[str, Text] = {
    CLOSED: gettext_lazy("could not be reached"),
    NOT_PLANNED: gettext_lazy("no visit was planned"),
    NOT_RECORDED: gettext_lazy("planned, nothing recorded"),
}
OPEN_WORDS: Mapping[str, Text] = {
    MissReason.CLOSED: gettext_lazy("weekdays, seasons and closures leave no day"),
    MissReason.NO_SKILL: gettext_lazy("no team has the specialties"),
    MissReason.NO_TEAM_DAY: gettext_lazy("the teams that could come do not work on the days that are left"),
    MissReason.NO_WAY: gettext_lazy("no road leads there on the days that are left"),
    MissReason.TOO_FAR: gettext_lazy("the way, the visit and the way back take longer than a working day"),
    MissReason.HOURS: gettext_lazy("no team can be there while the stop is open; give it longer hours"),
    MissReason.SPACING: gettext_lazy("the days that are left lie too close together"),
    MissReason.PAST: gettext_lazy("the days that are left are over"),
    MissReason.NO_TIME: gettext_lazy("no team has the time on any day that would do"),
    MissReason.NOT_PROVED: gettext_lazy("the search ended before a place was found; plan longer"),
}
FIGURE_WORDS: Mapping[str, Text] = {
    "coverage": gettext_lazy("Visits planned of those due, by residents"),
    "travel_minutes": gettext_lazy("Minutes on the road"),
    "travel_km": gettext_lazy("Kilometres"),
    "team_days": gettext_lazy("Days on which a team goes out"),
    "nights": gettext_lazy("Nights away"),
    "long_gaps": gettext_lazy("Visits too far apart"),
}
PROBLEM_TEXTS: Mapping[str, Text] = {
    "elsewhere": gettext_lazy("The stop or the team does not belong to this programme."),
    "outside-programme": gettext_lazy("The day lies outside the programme, or after the last day of stop or team."),
    "closed": gettext_lazy("The stop cannot be reached on this day."),
    "weekday": gettext_lazy("The weekday does not suit the stop, or the team does not work on it."),
    "hours": gettext_lazy("The time lies outside the hours of the stop or of the team."),
    "skills": gettext_lazy("The team does not have a specialty that the stop asks for."),
    "twice": gettext_lazy("The same team is at the same stop twice on this day."),
    "overlap": gettext_lazy("The team would arrive before it can have come from its stop before."),
}
_ERRORS: Mapping[str, Text] = {
    "round-visit": gettext_lazy("This visit of %(stop)s on %(day)s cannot be. Open it again: it shows what can."),
    **{f"round-visit.{reason}": text for reason, text in PROBLEM_TEXTS.items()},
    "round-visit.round-not-planned": gettext_lazy(
        "The visit of %(stop)s on %(day)s is: %(state_label)s. Only a planned visit is taken out of the plan."
    ),
    "round-visit.round-withdrawn": gettext_lazy(
        "The visit of %(stop)s on %(day)s was taken out of the plan. Record it as one that was not planned."
    ),
    "round-plan.settled": gettext_lazy("The plan %(plan)s is settled already: %(state_label)s."),
    "round-plan.nothing-to-plan": gettext_lazy(
        "A plan needs at least one stop and one team on the road. Add them first."
    ),
    "round-plan.no-coordinates": gettext_lazy(
        "These places have no coordinates: %(places)s. Enter them in the registry, or load the times on the road."
    ),
    "round-plan.rows": gettext_lazy("Rows of the file that are no visits of this programme: %(rows)s."),
    "round-plan.problems": gettext_lazy("Visits of the plan that cannot be: %(count)s. Correct these:"),
    "invalid-input.round-code-taken": gettext_lazy("'%(given)s' stands here already; choose another code."),
    "invalid-input.round-team-taken": gettext_lazy("This team is on the road in this programme already."),
    "invalid-input.round-no-stop": gettext_lazy("Choose at least one stop of this programme."),
    "invalid-input.round-code-unknown": gettext_lazy("'%(given)s' is not on the list. Choose one of the list."),
    "invalid-input.round-dates-reversed": gettext_lazy(
        "It ends on %(end)s, before it starts on %(start)s. Correct one of the days."
    ),
    "invalid-input.round-hours-reversed": gettext_lazy("%(last)s is not after %(first)s. Correct one of the times."),
    "invalid-input.round-number": gettext_lazy("%(given)s is no number from %(least)s to %(most)s."),
    "invalid-input.round-weekdays": gettext_lazy("'%(given)s' are no weekdays. Give digits from 1 (Monday) to 7."),
    "invalid-input.round-rule-unknown": gettext_lazy("This installation has no rule '%(given)s' about rounds."),
    "invalid-input.round-rule-differs": gettext_lazy(
        "The rule asks for %(visits)s in every %(period)s. Give the same numbers, or choose no rule."
    ),
    "invalid-input.round-team-elsewhere": gettext_lazy("The team belongs to another agreement."),
    "invalid-input.round-elsewhere": gettext_lazy("The stop or the team does not belong to this programme."),
    "invalid-input.round-break-without-time": gettext_lazy(
        "A break begins within the working hours. Say from when it may be taken."
    ),
    "invalid-input.round-place-elsewhere": gettext_lazy("The institution stands in another place."),
    "invalid-input.round-frequency-half": gettext_lazy(
        "Give both the number of visits and the period, or leave both empty."
    ),
    "invalid-input.round-day-over": gettext_lazy("%(day)s is over. Record the visit instead."),
    "invalid-input.round-without-reason": gettext_lazy("Taking a visit out of the plan needs a reason in words."),
    "invalid-input.round-correction-without-reason": gettext_lazy("Correcting a record needs a reason in words."),
    "invalid-input.round-unplanned-held": gettext_lazy(
        "A visit that was not planned is recorded when it was made, with its day."
    ),
    "invalid-input.round-shortfall-without-reason": gettext_lazy("Say why the visit was missed or cut short."),
    "invalid-input.round-missed-ahead": gettext_lazy(
        "%(day)s is still to come. Take the visit out of the plan instead."
    ),
    "invalid-input.round-missed-with-people": gettext_lazy(
        "A missed visit saw nobody. Leave day, people and services empty, or choose another outcome."
    ),
    "invalid-input.round-held-day": gettext_lazy("Give the day on which the visit was made; it cannot lie ahead."),
    "invalid-input.round-plan-empty": gettext_lazy("The plan has no visit."),
    "invalid-input.round-plan-large": gettext_lazy("A plan has %(days)s days and %(visits)s visits at most."),
    "invalid-input.round-search-days": gettext_lazy("Give two days within the programme, the first one first."),
    "invalid-input.round-search-long": gettext_lazy("Plan %(days)s days at most."),
    "invalid-input.round-search-over": gettext_lazy("These days are over. Plan days that are still to come."),
    "not-permitted.round-crew-only": gettext_lazy(
        "A visit is recorded by a person of its team, or by the office or the planner of the agreement."
    ),
}
STEP_WORDS: Mapping[str, Text] = {
    "plan": gettext_lazy("Visit planned"),
    "move": gettext_lazy("Visit moved by a new plan"),
    "withdraw": gettext_lazy("Visit taken out of the plan"),
    "record": gettext_lazy("Visit recorded"),
    "correct": gettext_lazy("Record of the visit corrected"),
    "import": gettext_lazy("Written by a table"),
}
_ACTIONS: Mapping[str, Text] = {
    "dispatch.round_programme.create": gettext_lazy("Programme of rounds written"),
    "dispatch.round_programme.change": gettext_lazy("Programme of rounds changed"),
    "dispatch.round_crew.create": gettext_lazy("Team put on the road"),
    "dispatch.round_crew.change": gettext_lazy("Team on the road changed"),
    "dispatch.round_stop.create": gettext_lazy("Stop of rounds added"),
    "dispatch.round_stop.change": gettext_lazy("Stop of rounds changed"),
    "dispatch.round_closure.add": gettext_lazy("Closure of a stop noted"),
    "dispatch.round_closure.take_back": gettext_lazy("Closure of a stop taken back"),
    "dispatch.round_plan.propose": gettext_lazy("Plan of rounds proposed"),
    "dispatch.round_plan.take_over": gettext_lazy("Plan of rounds taken over"),
    "dispatch.round_plan.put_aside": gettext_lazy("Plan of rounds put aside"),
    "dispatch.round_visit.record_unplanned": gettext_lazy("Visit recorded that was not planned"),
    **{f"dispatch.round_visit.{name}": word for name, word in STEP_WORDS.items()},
}


def register() -> None:
    """Give the pages the words of rounds."""
    register_error_texts(_ERRORS)
    register_action_names(_ACTIONS)


def frequency_word(visits: int, period: str) -> str:
    """Say how often, such as “1 visit in every month”."""
    words = ngettext("%(visits)s visit in every %(period)s", "%(visits)s visits in every %(period)s", visits)
    return words % {"visits": visits, "period": RoundPeriod(period).label}


def rule_word(row: RoundProgramme) -> str:
    """Say which rule asks for the frequency; its key where this installation no longer has it."""
    if not row.rule:
        return _("stated by the programme")
    rule = rule_of(rule_book(), row.rule)
    if rule is None:
        return row.rule
    name, title = rule.requirement.name, rule.rule_set.title
    return f"{in_language(name.zh, name.en)} · {in_language(title.zh, title.en)}"


def weekdays_word(digits: str) -> str:
    """Say the weekdays; empty stands for every day."""
    if not digits:
        return _("every day")
    return pgettext("between the items of a list", ", ").join(str(WEEKDAY_NAMES[each]) for each in digits)


def skills_word(codes: str) -> str:
    return pgettext("between the items of a list", ", ").join(
        reference_name("specialties", code) for code in sorted(codes_in(codes))
    )


def shortfall_word(reasons: Sequence[str]) -> str:
    """Say why a period fell short."""
    words = [str(_SHORTFALL_WORDS.get(each) or VisitReason(each).label) for each in reasons]
    return pgettext("between the items of a list", ", ").join(words)


def reason_word(code: str, words: str = "") -> str:
    label = str(VisitReason(code).label) if code in VisitReason.values else code
    return " – ".join(part for part in (label, words) if part)


def services_of(services: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what was done with its counts, in the order of the list of services."""
    return [(str(kind.label), services[kind.value]) for kind in VisitService if kind.value in services]


def ago_word(days: int | None) -> str:
    """Say how long ago the last visit was."""
    if days is None:
        return _("never yet")
    if days < 0:
        return _("still ahead")
    if days == 0:
        return _("today")
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}


def problem_words(problems: Sequence[LineProblem], most: int = 10) -> list[str]:
    """Say the first problems of a plan, each with its stop and day."""
    words = [
        f"{each.line.day} · {name_of(each.stop.site) if each.stop else '—'} · "
        f"{name_of(each.crew.team) if each.crew else '—'}: {PROBLEM_TEXTS[each.reason]}"
        for each in problems[:most]
    ]
    more = len(problems) - most
    return [*words, ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}] if more > 0 else words
