"""The table of the referral machine is well formed, and it is the table of the design.

The design's own table stands here once more, written by hand, so that a row changed by mistake shows.
"""

from __future__ import annotations

import dataclasses

import make_reference_docs
import make_referral_machine
import pytest

from lianyi.referrals import machine
from lianyi.referrals.effects import EFFECTS
from lianyi.referrals.facts import FACT_NAMES, StepFacts
from lianyi.referrals.guards import GUARDS
from lianyi.referrals.machine import BY_NAME, FINAL, HELD_FROM, OPEN, SAME, STATE_ROWS, STATES, TRANSITIONS
from lianyi.referrals.policies import policy_book
from lianyi.referrals.running import FREE, RUNNING, SAID_DUE
from lianyi.referrals.said import SAID
from lianyi.referrals.states import LegState, Side
from lianyi.rules.referral_policy import ClockKind, ReferralUrgency

# Section 6.2: code, business statuses, task status, ball, BSeR code. S17 is a flag beside the state.
DESIGN_STATES = (
    ("S01", ("draft",), "draft", "sender", ""),
    ("S02", ("sent",), "requested", "receiver", "2.0"),
    ("S03", ("delivered", "opened"), "received", "receiver", "2.0"),
    ("S04", ("routed",), "received", "receiver", "2.0"),
    ("S05", ("awaiting-information",), "received", "sender", "2.0"),
    ("S06", ("information-supplied",), "received", "receiver", "2.0"),
    ("S07", ("accepted",), "accepted", "receiver", "3.0"),
    ("S08", ("waiting-list",), "accepted", "receiver", "3.0"),
    ("S09", ("scheduled", "bed-reserved"), "accepted", "sender", "5.1.1"),
    ("S10", ("appointment-cancelled",), "accepted", "receiver", "5.1.3"),
    ("S11", ("no-show",), "accepted", "sender", "5.1.2"),
    ("S12", ("in-transit",), "in-progress", "transport", "5.1.1"),
    ("S13", ("arrived",), "in-progress", "receiver", "5.1.1"),
    ("S14", ("under-care",), "in-progress", "receiver", "5.1.4"),
    ("S15", ("on-hold",), "on-hold", "receiver", "5.1.4"),
    ("S16", ("return-proposed",), "in-progress", "lower_unit", "5.1.4"),
    ("S18", ("outcome-sent",), "completed", "sender", "7.0"),
    ("S19", ("closed",), "completed", None, "7.0"),
    ("S20", ("declined",), "rejected", "sender", "4.0"),
    ("S21", ("withdrawn-by-receiver",), "failed", "sender", "4.0"),
    ("S22", ("no-response",), "cancelled", "coordinator", ""),
    ("S23", ("not-selected",), "cancelled", None, ""),
    ("S24", ("cancelled-by-sender", "cancel-confirmed"), "cancelled", None, "6.0"),
    ("S25", ("no-show-final",), "failed", "sender", "6.0"),
    ("S26", ("diverted",), "failed", "coordinator", "6.0"),
    ("S26", ("handled-elsewhere",), "failed", None, "6.0"),
    ("S27", ("expired",), "cancelled", "sender", "6.0"),
    ("S28", ("died",), "completed", None, "7.0"),
    ("S29", ("entered-in-error",), "entered-in-error", None, ""),
)
ALL_OPEN = "S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11 S12 S13 S14 S15 S16 S18"
AFTER_DRAFT = ALL_OPEN.removeprefix("S01 ")
# Section 6.3: number, from, to, who. "same" is the state it was in; P sender, R receiver, C coordinator, T transport,
# S system.
DESIGN_ROWS = (
    ("R01", "", "S01", "P"),
    ("R02", "S01", "S02", "P C"),
    # Delivered and opened are both S03, so the step from one to the other stays in it.
    ("R03", "S02 S03", "S03", "S R"),
    ("R04", "S03", "S04", "R"),
    ("R05", "S03 S04 S06", "S05", "R C"),
    ("R06", "S05", "S06", "P"),
    ("R07", "S05", "S20", "R"),
    ("R08", "S02 S03 S04 S06", "S07 S08 S09", "R"),
    ("R09", "S02 S03 S04 S06", "S20", "R"),
    ("R10", "S02 S03 S04 S06", "S22", "S"),
    ("R11", "S07 S08 S10", "S09", "R P"),
    ("R12", "S09", "same", "R P"),
    # The system too: R11 keeps a bed with an expiry, and what has expired is ended.
    ("R13", "S09", "S10", "R P S"),
    # From S07 as well: 6.5 sends who does not come back down to S11, also where the lower unit only said yes. From S10
    # too: whose bed expired has not come either, and the village looks after them all the same.
    ("R14", "S07 S09 S10 S12", "S11", "R S"),
    ("R15", "S11", "S09", "R P"),
    ("R16", "S11", "S25", "P R"),
    ("R17", "S07 S08 S09 S10", "S21", "R"),
    ("R18", "S07 S09", "S12", "P T"),
    ("R19", "S07 S08 S09 S10 S11 S12", "S13", "R"),
    ("R20", "S01 S02 S03 S04 S05 S06", "S13", "R"),
    ("R21", "S12", "S26", "T P C"),
    ("R22", "S13", "S14", "R S"),
    ("R23", "S14", "same", "R"),
    ("R24", "S13 S14", "S15", "R P"),
    ("R24", "S15", "held", "R P"),
    ("R25", "S14", "S16", "R"),
    ("R26", "S16", "S14", "R"),
    ("R27", "S14 S16", "S18", "R"),
    ("R28", "S18", "S19", "P S"),
    ("R29", "S18 S19", "S14", "R P"),
    ("R30", "S02 S03 S04 S05 S06 S07 S08 S09 S10 S11", "S24", "P C"),
    ("R31", "S12 S13 S14 S15 S16", "same", "P"),
    ("R32", "S12 S13 S14 S15 S16", "S24", "R"),
    ("R33", "S12 S13 S14 S15 S16", "same", "R"),
    ("R34", AFTER_DRAFT, "S28", "P R T C"),
    ("R35", AFTER_DRAFT, "S26", "C P"),
    ("R36", "S02 S03 S04 S05 S06 S07 S08", "S27", "S"),
    ("R37", "S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11", "S29", "P"),
    ("R38", AFTER_DRAFT, "same", "S"),
    ("R39", "S02 S03 S04 S05 S06", "S23", "S"),
)
# What the table has beyond the design's rows, and why.
ADDED = {
    "depart_told_late": "law 7: a departure from a device without network is kept wherever the case stands meanwhile",
    "arrive_told_late": "law 7, as above",
    "death_told_late": "law 7, as above",
    "arrive_after_end": "R20 says that after S20-S27 a new retrospective leg is opened: this is the step that opens it",
    "end_care": "6.4 runs the clock of the outcome from the end of care: somebody says when that was before it is due",
    "let_care_go_on": "takes back an end of care that was said too early",
    "end_ask": "R30 revokes the request when the ask is gone; without it a declined case would be asked for ever",
    "record_death_unrouted": "R34: a patient may die while nobody was found; the decline itself stays a decline",
}
# Where the table stays below or beside the design's words, and why.
DEVIATIONS = {
    "R34": "a draft is not among 'any open': nothing has been asked yet, and the draft is marked as an error",
    "R35": "as R34",
    "R38": "as R34",
}
LETTERS = {"P": "sender", "R": "receiver", "C": "coordinator", "T": "transport", "S": "system"}
CODE_OF = {row.state.value: row.code for row in STATES}


def in_codes(states):
    return {CODE_OF[state] for state in states}


def rows_of(rule):
    return [row for row in TRANSITIONS if row.rule == rule and row.name not in ADDED]


@pytest.mark.parametrize(("code", "states", "status", "ball", "bser"), DESIGN_STATES)
def test_the_state_is_that_of_the_design(code, states, status, ball, bser):
    for state in states:
        row = STATE_ROWS[state]
        assert (row.code, row.task_status, row.ball, row.bser) == (code, status, ball, bser)


def test_no_state_is_missing_and_none_is_added():
    told = [state for _code, states, *_rest in DESIGN_STATES for state in states]
    assert sorted(told) == sorted(LegState.values) == sorted(row.state.value for row in STATES)


@pytest.mark.parametrize("rule", sorted({rule for rule, *_rest in DESIGN_ROWS}))
def test_the_rows_are_those_of_the_design(rule):
    told = [each for each in DESIGN_ROWS if each[0] == rule]
    rows = rows_of(rule)
    assert rows, f"{rule} is missing"
    sides = {LETTERS[letter] for _rule, _from, _to, who in told for letter in who.split()}
    assert {side.value for row in rows for side in row.sides} == sides
    from_told = {code for _rule, codes, _to, _who in told for code in codes.split()}
    assert {code for row in rows for code in in_codes(row.from_states)} == from_told
    to_told = {code for _rule, _from, codes, _who in told for code in codes.split()}
    words = {SAME: "same", HELD_FROM: "held"}
    assert {words.get(row.to_state) or CODE_OF[row.to_state] for row in rows} == to_told


def test_what_the_table_has_beyond_the_design_is_listed_with_its_reason():
    numbers = {rule for rule, *_rest in DESIGN_ROWS}
    assert {row.rule for row in TRANSITIONS} == numbers
    assert set(ADDED) <= set(BY_NAME)
    assert all(BY_NAME[name].to_state == SAME for name in ADDED)


def test_what_is_told_late_is_offered_to_nobody():
    assert {row.name for row in TRANSITIONS if row.is_told_late} == {name for name in ADDED if name.endswith("_late")}


def test_the_deviations_are_the_only_ones():
    for rule in DEVIATIONS:
        (row,) = rows_of(rule)
        assert set(OPEN) - set(row.from_states) == {"draft"}


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.name)
def test_a_row_is_well_formed(row):
    assert [name for name in row.guards if name not in GUARDS and name not in SAID] == []
    assert [name for name in row.effects if name not in EFFECTS] == []
    assert [name for name in (*row.asks, *row.takes) if name not in FACT_NAMES] == []
    assert row.to_state in {*LegState.values, SAME, HELD_FROM}
    assert row.sides
    assert len(set(row.from_states)) == len(row.from_states)
    assert str(row.label)


def test_names_are_used_once_and_nothing_lies_unused():
    assert len(BY_NAME) == len(TRANSITIONS)
    assert {name for row in TRANSITIONS for name in row.guards} == {*GUARDS, *SAID}
    assert {name for row in TRANSITIONS for name in row.effects} == set(EFFECTS)
    told = {name for row in TRANSITIONS for name in (*row.asks, *row.takes)}
    always = {"occurred_at", "reason_code", "text", "spoken_by", "entered_offline"}
    assert told | always == FACT_NAMES == {each.name for each in dataclasses.fields(StepFacts)}


def test_every_state_is_reached_from_a_draft_by_rows():
    reached = {"draft"}
    while True:
        further = {
            row.to_state
            for row in TRANSITIONS
            if reached & {state.value for state in row.from_states} and row.to_state not in (SAME, HELD_FROM)
        } - reached
        if not further:
            break
        reached |= further
    assert reached == set(LegState.values)


def test_only_final_states_are_without_exit_and_only_a_closed_one_is_reopened():
    exits = {
        state: {row.name for row in TRANSITIONS if state in row.from_states and row.to_state != SAME}
        for state in LegState.values
    }
    assert {state for state, names in exits.items() if not names} == set(FINAL) - {"closed"}
    assert exits["closed"] == {"reopen"}


def test_every_state_stands_on_a_list_and_every_list_is_of_use():
    assert {row.work_list for row in STATES} == set(machine.WorkList)


@pytest.mark.parametrize("row", STATES, ids=lambda row: row.state)
def test_who_must_move_has_a_clock(row):
    assert (row.ball is None) == (row.clock is None)
    if row.ball is not None:
        assert RUNNING[row.state][0] == row.clock
    if not row.is_final:
        assert row.ball is not None


@pytest.mark.parametrize("policy", policy_book().policies, ids=lambda policy: policy.id)
@pytest.mark.parametrize("urgency", ReferralUrgency)
@pytest.mark.parametrize("state", [row.state for row in STATES if row.clock is not None])
def test_the_policy_knows_when_a_state_is_due(policy, urgency, state):
    clock = STATE_ROWS[state].clock
    must_be_said = {
        fact
        for row in TRANSITIONS
        if row.to_state == state
        for fact in [SAID_DUE.get(state)]
        if fact is not None and fact in row.asks
    }
    into = [row for row in TRANSITIONS if row.to_state == state]
    is_always_said = bool(must_be_said) and all(must_be_said & set(row.asks) for row in into)
    assert is_always_said or policy.target(clock, urgency, "") is not None


def test_every_kind_of_clock_is_started_somewhere():
    started = {kind for kinds in RUNNING.values() for kind in kinds} | set(FREE)
    assert started == set(ClockKind)


def test_nobody_but_the_receiver_says_yes_and_the_system_never_decides():
    for row in TRANSITIONS:
        if row.name.startswith("accept"):
            assert row.sides == (Side.RECEIVER,)
        if row.sides == (Side.SYSTEM,):
            assert not row.name.startswith(("accept", "decline"))


def test_the_page_of_the_machine_says_what_the_table_says():
    text = make_referral_machine.PAGE.read_text(encoding="utf-8")
    assert make_reference_docs.renewed(text) == text, "Run: python tools/make_reference_docs.py"


def test_the_page_has_words_for_every_guard():
    assert set(make_referral_machine.GUARD_WORDS) == {*GUARDS, *SAID}


def test_the_page_shows_every_state_and_every_step():
    text = make_referral_machine.states() + make_referral_machine.steps()
    for row in STATES:
        assert f"`{row.state}`" in text
    for step in TRANSITIONS:
        assert f"`{step.name}`" in text
