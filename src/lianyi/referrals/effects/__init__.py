"""What a step does beside changing the state: one function for each name in the table.

An effect puts changes of the leg into ``walk.changes``, and whatever comes after the leg is written - relations,
sibling legs, new legs, follow-ups - into ``walk.afterwards``.
"""

from __future__ import annotations

from collections.abc import Mapping

from lianyi.referrals.effects.bookings import (
    count_no_show,
    count_reschedule,
    free_reservation,
    give_bed_free,
    plan_home_visit,
    reserve,
)
from lianyi.referrals.effects.care import (
    drop_back_leg,
    hold,
    lower_flag,
    mark_reopened,
    open_back_leg,
    raise_flag,
    remember_acknowledgement,
    remember_forecast,
    resume,
    start_outcome_time,
    void_outcome_time,
    write_outcome,
)
from lianyi.referrals.effects.deaths import (
    check_death,
    close_family,
    plan_death_review,
    remember_death,
    tell_family_of_death,
)
from lianyi.referrals.effects.decisions import (
    check_institution,
    drop_siblings,
    lower_care_again,
    remember_acceptance,
    stop_return_waiting,
    write_decline,
)
from lianyi.referrals.effects.elsewhere import write_proposal
from lianyi.referrals.effects.journeys import (
    choose_transport,
    mark_retrospective,
    open_leg_elsewhere,
    open_leg_of_arrival,
    remember_arrival,
    remember_departure,
    remember_told_arrival,
    remember_told_departure,
)
from lianyi.referrals.effects.milestones import Effect, milestone
from lianyi.referrals.effects.opening import (
    close_all_access,
    close_identity,
    close_identity_of_absent,
    end_the_drive,
    let_access_run_out,
    open_case,
    open_identity,
)
from lianyi.referrals.effects.questions import (
    pause_elective,
    remember_opening,
    resume_elective,
    route_to_department,
    write_answer,
    write_question,
)
from lianyi.referrals.effects.request import (
    end_earlier_version,
    end_the_ask,
    fix_breach_time,
    mark_request_error,
    revoke_request,
    revoke_unless_kept,
    settle_earlier_legs,
)

EFFECTS: Mapping[str, Effect] = {
    each.__name__: each
    for each in (
        fix_breach_time,
        open_case,
        open_identity,
        close_identity,
        close_identity_of_absent,
        end_the_drive,
        choose_transport,
        close_all_access,
        let_access_run_out,
        settle_earlier_legs,
        remember_opening,
        route_to_department,
        write_question,
        pause_elective,
        write_answer,
        resume_elective,
        remember_acceptance,
        drop_siblings,
        stop_return_waiting,
        write_decline,
        lower_care_again,
        reserve,
        free_reservation,
        give_bed_free,
        count_reschedule,
        count_no_show,
        plan_home_visit,
        revoke_request,
        revoke_unless_kept,
        mark_request_error,
        remember_departure,
        remember_arrival,
        remember_told_departure,
        remember_told_arrival,
        tell_family_of_death,
        mark_retrospective,
        open_leg_elsewhere,
        remember_forecast,
        hold,
        resume,
        open_back_leg,
        drop_back_leg,
        start_outcome_time,
        void_outcome_time,
        write_outcome,
        remember_acknowledgement,
        mark_reopened,
        raise_flag,
        lower_flag,
        check_death,
        remember_death,
        close_family,
        plan_death_review,
        write_proposal,
        end_the_ask,
        end_earlier_version,
        open_leg_of_arrival,
        check_institution,
    )
} | {
    "milestone_decision": milestone("decision", by_receiver=False),
    "milestone_request_sent": milestone("request_sent", by_receiver=False),
    "milestone_answer": milestone("answer", by_receiver=True),
    "milestone_door_out": milestone("door_out", by_receiver=False),
    "milestone_door_in": milestone("door_in", by_receiver=True),
}
