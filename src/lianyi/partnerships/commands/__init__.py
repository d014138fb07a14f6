"""Every write about alliances, agreements, duties and the time line."""

from __future__ import annotations

from lianyi.partnerships.commands.agreements import (
    NewAgreement,
    attach_document,
    change_agreement,
    draft_agreement,
    put_in_force,
    renew_agreement,
    terminate_agreement,
)
from lianyi.partnerships.commands.alliances import (
    NewAlliance,
    add_member,
    create_alliance,
    dissolve_alliance,
    end_membership,
)
from lianyi.partnerships.commands.duties import NewDuty, add_duty, change_duty
from lianyi.partnerships.commands.parties import add_party, confirm_parties, end_party, refuse_parties
from lianyi.partnerships.commands.timeline import (
    NewFact,
    correct_fact,
    finish_cycle_step,
    record_fact,
    start_cycle_step,
)

__all__ = [
    "NewAgreement",
    "NewAlliance",
    "NewDuty",
    "NewFact",
    "add_duty",
    "add_member",
    "add_party",
    "attach_document",
    "change_agreement",
    "change_duty",
    "confirm_parties",
    "correct_fact",
    "create_alliance",
    "dissolve_alliance",
    "draft_agreement",
    "end_membership",
    "end_party",
    "finish_cycle_step",
    "put_in_force",
    "record_fact",
    "refuse_parties",
    "renew_agreement",
    "start_cycle_step",
    "terminate_agreement",
]
