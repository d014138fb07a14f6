"""Every write about needs, the pool, postings and rounds, from the first draft to the last correction."""

from __future__ import annotations

from lianyi.dispatch.commands.approvals import answer_posting
from lianyi.dispatch.commands.approving_together import AskedAnswer, RefusedAnswer, approve_postings
from lianyi.dispatch.commands.candidacies import (
    NewApplication,
    NewAsking,
    NewInvitation,
    StepWord,
    apply_for,
    ask_for,
    invite,
    take_candidacy_step,
)
from lianyi.dispatch.commands.corrections import correct_stay
from lianyi.dispatch.commands.donors import NewDonorLimits, set_donor_limits
from lianyi.dispatch.commands.groups import NewBatch, NewTeam, create_batch, create_team
from lianyi.dispatch.commands.handing_over import hand_over_scenario
from lianyi.dispatch.commands.need_proposals import accept_proposal, dismiss_proposal
from lianyi.dispatch.commands.needs import NewNeed, change_need, draft_need, take_need_step
from lianyi.dispatch.commands.plan_runs import RoundSearchWish, ask_for_round_run, ask_for_run, stop_run
from lianyi.dispatch.commands.plans import (
    NewPosting,
    change_posting,
    draft_posting,
    publish_postings,
)
from lianyi.dispatch.commands.pool import (
    PoolEntry,
    change_entry,
    enter_pool,
    propose_couple,
    take_couple_step,
)
from lianyi.dispatch.commands.round_plans import (
    NewRoundPlan,
    propose_plan,
    put_plan_aside,
    take_over_plan,
)
from lianyi.dispatch.commands.round_visits import (
    VisitRecord,
    plan_visit,
    record_unplanned_visit,
    record_visit,
    withdraw_visit,
)
from lianyi.dispatch.commands.rounds import (
    NewClosure,
    NewCrew,
    NewProgramme,
    NewStop,
    change_crew,
    change_programme,
    change_stop,
    close_stops,
    create_crew,
    create_programme,
    create_stop,
    take_back_closure,
)
from lianyi.dispatch.commands.scenario_lines import (
    LineWish,
    add_line,
    lock_line,
    move_line,
    remove_line,
    unlock_line,
)
from lianyi.dispatch.commands.scenarios import (
    NewScenario,
    change_scenario,
    copy_scenario,
    create_scenario,
    put_aside_scenario,
    repair_scenario,
    take_up_scenario,
)
from lianyi.dispatch.commands.steps import (
    add_absence,
    replace_posting,
    take_step,
    take_step_together,
    void_absence,
)
from lianyi.dispatch.commands.walking import StepFacts

__all__ = [
    "AskedAnswer",
    "LineWish",
    "NewApplication",
    "NewAsking",
    "NewBatch",
    "NewClosure",
    "NewCrew",
    "NewDonorLimits",
    "NewInvitation",
    "NewNeed",
    "NewPosting",
    "NewProgramme",
    "NewRoundPlan",
    "NewScenario",
    "NewStop",
    "NewTeam",
    "PoolEntry",
    "RefusedAnswer",
    "RoundSearchWish",
    "StepFacts",
    "StepWord",
    "VisitRecord",
    "accept_proposal",
    "add_absence",
    "add_line",
    "answer_posting",
    "apply_for",
    "approve_postings",
    "ask_for",
    "ask_for_round_run",
    "ask_for_run",
    "change_crew",
    "change_entry",
    "change_need",
    "change_posting",
    "change_programme",
    "change_scenario",
    "change_stop",
    "close_stops",
    "copy_scenario",
    "correct_stay",
    "create_batch",
    "create_crew",
    "create_programme",
    "create_scenario",
    "create_stop",
    "create_team",
    "dismiss_proposal",
    "draft_need",
    "draft_posting",
    "enter_pool",
    "hand_over_scenario",
    "invite",
    "lock_line",
    "move_line",
    "plan_visit",
    "propose_couple",
    "propose_plan",
    "publish_postings",
    "put_aside_scenario",
    "put_plan_aside",
    "record_unplanned_visit",
    "record_visit",
    "remove_line",
    "repair_scenario",
    "replace_posting",
    "set_donor_limits",
    "stop_run",
    "take_back_closure",
    "take_candidacy_step",
    "take_couple_step",
    "take_need_step",
    "take_over_plan",
    "take_step",
    "take_step_together",
    "take_up_scenario",
    "unlock_line",
    "void_absence",
    "withdraw_visit",
]
