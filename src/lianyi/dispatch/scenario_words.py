"""Words for the codes of plans: rules, goals, reasons, remedies, changes, refusals."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.models import RunState, ScenarioState
from lianyi.dispatch.scenario_results import NOT_SEARCHED
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts

Text = str | Promise

STATE_TONES: Mapping[str, str] = {
    ScenarioState.DRAFT: "neutral",
    ScenarioState.READY: "info",
    ScenarioState.PUBLISHED: "good",
    ScenarioState.PUT_ASIDE: "neutral",
}
RUN_TONES: Mapping[str, str] = {
    RunState.QUEUED: "info",
    RunState.RUNNING: "info",
    RunState.STOPPED: "good",
    RunState.DONE: "good",
    RunState.FAILED: "bad",
}
STAGE_WORDS: Mapping[str, Text] = {
    "reading": _("reading needs and people"),
    "reading-rounds": _("reading stops, teams and ways"),
    "reading-pairs": _("reading strengths, needs and ways"),
    "planning": _("making the plan"),
    "explaining": _("finding the reasons of what stays open"),
}

GOAL_WORDS: Mapping[str, Text] = {
    "breaches": _("Limits exceeded at a price"),
    "need": _("People missing"),
    "shortfall": _("Presence, seniors and hand-over missing"),
    "change": _("People whose plan changes"),
    "burden": _("Unfair burden"),
    "cost": _("Travel, hardship and wishes"),
    "postings": _("Number of postings"),
}

RULE_WORDS: Mapping[str, Text] = {
    "need": _("as many people as the need asks for"),
    "one_at_a_time": _("one place at a time, with rest between"),
    "most_postings": _("not too many postings of one person"),
    "burden_limit": _("not too many months away"),
    "least_term": _("terms as long as asked"),
    "donor_total": _("what the hospital can miss"),
    "donor_specialty": _("what the hospital can miss of a specialty"),
    "donor_seniors": _("what the hospital can miss of senior title"),
    "home_cover": _("enough people on duty in the home department"),
    "donor_recipients": _("not too many recipients of one hospital"),
    "recipient_donors": _("not too many hospitals at one recipient"),
    "couple": _("what a couple asked for"),
    "senior": _("somebody of senior title on site"),
    "presence": _("enough people on site"),
    "team": _("a team of the hospital on site"),
    "headcount": _("team size that the programme asks"),
    "title_mix": _("titles that the programme asks"),
    "handover": _("not all change at once"),
    "continuity": _("somebody of the present team stays at first"),
    "batches": _("not all seniors go in two batches one after the other"),
    "training": _("learners go only where help comes from"),
    "locked": _("the locked line"),
    **{f"goal-{goal}": word for goal, word in GOAL_WORDS.items()},
    "line": _("a line is not possible any more"),
}

REASON_WORDS: Mapping[str, Text] = {
    "nobody_qualified": _("Nobody within reach has the specialty and the title."),
    "all_barred": _("Whoever has specialty and title cannot come in these months."),
    "conflict": _("Somebody could come, but not while all of these hold:"),
    "not_proved": _("The time of the search ended; a better plan may exist. Search longer."),
    NOT_SEARCHED: _("Lines were changed by hand. Search again to learn the reason."),
}

# Why one person cannot serve a need; also what a command says of a line by hand.
BAR_WORDS: Mapping[str, Text] = {
    "specialty": _("has not the specialty"),
    "rank": _("has not the title"),
    "no_pair": _("the hospital does not help there"),
    "refused": _("said no to this place"),
    "altitude": _("may not go so high"),
    "hardship": _("may not go where it is so hard"),
    "unavailable": _("is away or not available then"),
    "term_too_short": _("the term is shorter than the need asks for"),
    "start": _("no batch begins then"),
    "burden": _("would be away for too many months"),
    "unknown_person": _("cannot serve any need of this plan"),
    "unknown_need": _("the need is not open for help any more"),
    "outside": _("lies outside the months of the plan"),
    "not_wanted": _("nobody is wanted in some of these months"),
    "too_long": _("the person does not go for so long"),
    "elsewhere": _("the person has another line then, or needs rest before"),
    "full": _("others fill the need in some of these months already"),
    "no_agreement": _("no agreement covers all of these months"),
}

CHANGE_WORDS: Mapping[str, Text] = {
    "dropped_out": _("is no longer among those who can be sent"),
    "not_possible": _("cannot keep the old line"),
    "moved": _("goes elsewhere or at another time"),
    "released": _("stays at home"),
    "new": _("is newly sent"),
}

_LINE_REFUSALS: Mapping[str, Text] = {
    "plan-line.specialty": _("The person has not the specialty that the need asks for."),
    "plan-line.rank": _("The person has not the title that the need asks for."),
    "plan-line.no_pair": _("The person's hospital does not help this institution under an agreement of the plan."),
    "plan-line.refused": _("The person said no to this place."),
    "plan-line.altitude": _("The place lies higher than the person may go."),
    "plan-line.hardship": _("The place is harder than the person may bear."),
    "plan-line.unavailable": _("The person is away, on leave or not employed in some of these months."),
    "plan-line.term_too_short": _("The term is shorter than the need asks for without a break."),
    "plan-line.start": _("No batch begins in this month."),
    "plan-line.burden": _("The person would be away for more months than the rules of the scenario allow."),
    "plan-line.unknown_person": _("This person can serve no need of the plan. Choose another one."),
    "plan-line.unknown_need": _("This need is not open for help in the months of the plan any more."),
    "plan-line.outside": _("The line lies outside the months of the plan."),
    "plan-line.not_wanted": _("The need wants nobody in some of these months."),
    "plan-line.too_long": _("The person does not go for so long without a break."),
    "plan-line.elsewhere": _("The person has another line at this time, or needs the rest before or after it."),
    "plan-line.full": _("Other lines fill the need in some of these months already. Take one of them out first."),
}

_ERRORS: Mapping[str, Text] = {
    "scenario-refused": _("That cannot be done with this scenario now. Open it again: it shows what can."),
    "scenario-refused.scenario-state": _("The scenario “%(scenario)s” is: %(state_label)s. This does not follow."),
    "scenario-refused.scenario-searching": _(
        "A search for “%(scenario)s” is on. Wait for it, or stop it and keep the best so far."
    ),
    "scenario-refused.scenario-unsound": _(
        "“%(scenario)s” cannot be handed over: %(lines)s lines are no longer possible, %(rules)s rules that always "
        "hold are broken. Search again, or mend the lines."
    ),
    "scenario-refused.scenario-without-needs": _(
        "No need is open for help in the months of “%(scenario)s”, so there is nothing to plan. Open needs under its "
        "agreements, or choose other months."
    ),
    "scenario-refused.scenario-empty": _("“%(scenario)s” has no lines to hand over."),
    "plan-run": _("That cannot be done with this search now. Open its page again: it shows what can."),
    "plan-run.search-over": _("The search for “%(subject)s” has ended already."),
    "plan-run.search-lost": _("The search for “%(subject)s” is held by another process by now."),
    "plan-run.search-on": _("A search for “%(subject)s” is on. Wait for it, or stop it and keep the best so far."),
    "plan-line": _("This line is not possible. Choose another person, need or time."),
    **_LINE_REFUSALS,
    "invalid-input.scenario-agreements": _("Choose one or more agreements within your reach."),
    "invalid-input.scenario-pairing": _("Choose a pairing plan within your reach that was decided for."),
    "invalid-input.scenario-name": _("Give the scenario a name."),
    "invalid-input.scenario-periods": _("A plan has 1 to 120 months or quarters."),
    "invalid-input.scenario-first-day": _(
        "The plan cannot begin on %(given)s. Give the first day of a month; of a quarter where quarters are planned."
    ),
    "invalid-input.scenario-seconds": _("A search takes 1 to %(most)s seconds."),
    "invalid-input.scenario-months-fixed": _(
        "The months cannot change any more: the lines are counted in them. Make a new scenario for other months."
    ),
    "invalid-input.scenario-goals": _("Give each goal a place of its own, from 1 to 7."),
    "invalid-input.scenario-price": _("A price is a number above 0 and at most 1,000,000; %(given)s was given."),
    "invalid-input.scenario-number": _("Give a whole number from 0 to 600; %(given)s was given."),
}

# Why a search failed, by the code that it keeps.
RUN_ERROR_WORDS: Mapping[str, Text] = {
    "locked-line": _(
        "A locked line is no longer possible: the person is away by now, or the need has changed. Unlock it, then "
        "search again."
    ),
    "posting-plan-impossible": _(
        "No plan obeys all rules that always hold while the locked lines stay. Unlock lines, or give a rule a price."
    ),
    "posting-plan-not-found": _("The time ended before any plan was found. Give the search more time."),
    "posting-plan-wrong": _(
        "The check did not confirm the plan of the search, so it was not kept. Tell the administrator."
    ),
    "posting-data": _("The data contradict one another. Look at the needs and the agreements of the plan."),
    "posting-rule": _("The rules of the scenario contradict one another. Change them, then search again."),
    "memory": _(
        "The plan is too large for the memory that a search may take. Plan fewer agreements or months at once."
    ),
    "invalid-input": _(
        "No visit could be planned before the search ended. Give it more time, or look at stops, teams and closures."
    ),
    "round-plan": _(
        "The plan that was found cannot be any more: stops, teams or closures changed meanwhile. Search again."
    ),
    "round-plan-wrong": _(
        "The check did not confirm the plan of the search, so it was not kept. Tell the administrator."
    ),
    "round-data": _("The data of the rounds contradict one another. Look at stops, teams and the last visits."),
    "plan-file": _("The data of the rounds contradict one another. Look at stops, teams and the last visits."),
    "round-travel": _("A place has neither ways nor coordinates. Enter them, then search again."),
    "pairing-plan-impossible": _(
        "No pairing obeys all rules that always hold while the pairs by hand stay. Free some of them, or give a rule a "
        "price."
    ),
    "pairing-plan-not-found": _("The time ended before any plan was found. Give the search more time."),
    "pairing-plan-wrong": _(
        "The check did not confirm the plan of the search, so it was not kept. Tell the administrator."
    ),
    "pairing-data": _("The data contradict one another. Look at the needs and the institutions of the plan."),
    "pairing-rule": _("The rules of the plan contradict one another. Change them, then search again."),
    "asker-gone": _("Whoever asked for the search may no longer plan here. Ask for it again."),
    "search-lost-often": _("The process of the search ended too often. Tell the administrator."),
}
RUN_ERROR: Text = _("The search failed. Tell the administrator.")

_ACTIONS: Mapping[str, Text] = {
    "dispatch.scenario.create": _("Plan scenario made"),
    "dispatch.scenario.change": _("Plan scenario changed"),
    "dispatch.scenario.copy": _("Plan scenario copied"),
    "dispatch.scenario.repair": _("Plan scenario made to repair another"),
    "dispatch.scenario.put_aside": _("Plan scenario put aside"),
    "dispatch.scenario.take_up": _("Plan scenario taken up again"),
    "dispatch.scenario.hand_over": _("Plan scenario handed over"),
    "dispatch.scenario.add_line": _("Line of a scenario added"),
    "dispatch.scenario.move_line": _("Line of a scenario moved"),
    "dispatch.scenario.lock_line": _("Line of a scenario locked"),
    "dispatch.scenario.unlock_line": _("Line of a scenario unlocked"),
    "dispatch.scenario.remove_line": _("Line of a scenario taken out"),
    "dispatch.plan_run.ask": _("Search for a plan asked for"),
    "dispatch.plan_run.ask_rounds": _("Search for a plan of rounds asked for"),
    "dispatch.plan_run.finish_rounds": _("Plan of rounds of a search kept"),
    "dispatch.plan_run.stop": _("Search for a plan stopped"),
    "dispatch.plan_run.finish": _("Lines of a search kept"),
    "dispatch.plan_run.fail": _("Search for a plan failed"),
}


def register() -> None:
    """Give the pages the words of plans."""
    register_error_texts(_ERRORS)
    register_action_names(_ACTIONS)
