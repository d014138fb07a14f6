"""What is said to people about techniques: tones, refusals, names of actions, words for rungs and preconditions."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lianyi.growth.models import DepartmentTechnique, TechniqueState
from lianyi.growth.technique_steps import TECHNIQUE_STEPS
from lianyi.methods.technique_ladder import AfterTeam, CheckState, LadderNeeds, Rung, Standing
from lianyi.methods.technique_preconditions import EquipmentNeed, Precondition, PreconditionState, StaffNeed
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.registry.reference_names import reference_name
from lianyi.rules import title_ranks

Text = str | Promise

RUNG_WORDS: Mapping[Rung, Text] = {
    Rung.CHOSEN: pgettext_lazy("rung of a technique", "Chosen"),
    Rung.READY: pgettext_lazy("rung of a technique", "Preconditions met"),
    Rung.OBSERVED: pgettext_lazy("rung of a technique", "Seen"),
    Rung.ASSISTED: pgettext_lazy("rung of a technique", "Assisted"),
    Rung.SUPERVISED: pgettext_lazy("rung of a technique", "Under supervision"),
    Rung.INDEPENDENT: pgettext_lazy("rung of a technique", "Alone"),
}
STANDING_WORDS: Mapping[Standing, Text] = {
    Standing.CHOSEN: pgettext_lazy("standing of a technique", "chosen"),
    Standing.READY: pgettext_lazy("standing of a technique", "preconditions met"),
    Standing.OBSERVED: pgettext_lazy("standing of a technique", "seen"),
    Standing.ASSISTED: pgettext_lazy("standing of a technique", "assisted"),
    Standing.SUPERVISED: pgettext_lazy("standing of a technique", "done under supervision"),
    Standing.INDEPENDENT: pgettext_lazy("standing of a technique", "done alone"),
    Standing.SUSTAINED_6: pgettext_lazy("standing of a technique", "sustained for 6 months"),
    Standing.SUSTAINED_12: pgettext_lazy("standing of a technique", "sustained for 12 months"),
    Standing.LAPSED: pgettext_lazy("standing of a technique", "lapsed"),
    Standing.PUT_ASIDE: pgettext_lazy("standing of a technique", "put aside"),
}
STANDING_TONES: Mapping[str, str] = {
    Standing.CHOSEN: "neutral",
    Standing.READY: "info",
    Standing.OBSERVED: "info",
    Standing.ASSISTED: "info",
    Standing.SUPERVISED: "info",
    Standing.INDEPENDENT: "good",
    Standing.SUSTAINED_6: "good",
    Standing.SUSTAINED_12: "good",
    Standing.LAPSED: "bad",
    Standing.PUT_ASIDE: "neutral",
}
TEAM_WORDS: Mapping[AfterTeam, Text] = {
    AfterTeam.NO_TEAM: gettext_lazy("no team of this field was there yet"),
    AfterTeam.TEAM_HERE: gettext_lazy("the team is still there"),
    AfterTeam.NOT_ALONE: gettext_lazy("the team left before the department did it alone"),
    AfterTeam.TOO_EARLY: gettext_lazy("the team left too short a time ago to tell"),
    AfterTeam.KEPT: gettext_lazy("kept after the team left"),
    AfterTeam.LAPSED: gettext_lazy("lapsed after the team left"),
}
TEAM_TONES: Mapping[str, str] = {
    AfterTeam.NO_TEAM: "neutral",
    AfterTeam.TEAM_HERE: "info",
    AfterTeam.NOT_ALONE: "warning",
    AfterTeam.TOO_EARLY: "neutral",
    AfterTeam.KEPT: "good",
    AfterTeam.LAPSED: "bad",
}
CHECK_WORDS: Mapping[CheckState, Text] = {
    CheckState.PENDING: pgettext_lazy("check of a technique", "not due yet"),
    CheckState.SUSTAINED: pgettext_lazy("check of a technique", "sustained"),
    CheckState.NOT_SUSTAINED: pgettext_lazy("check of a technique", "not sustained"),
}
CHECK_TONES: Mapping[CheckState, str] = {
    CheckState.PENDING: "neutral",
    CheckState.SUSTAINED: "good",
    CheckState.NOT_SUSTAINED: "bad",
}
VERDICT_WORDS: Mapping[PreconditionState, Text] = {
    PreconditionState.MET: pgettext_lazy("precondition", "met"),
    PreconditionState.NOT_MET: pgettext_lazy("precondition", "not met"),
    PreconditionState.NOT_ON_RECORD: pgettext_lazy("precondition", "not on record"),
}
VERDICT_TONES: Mapping[PreconditionState, str] = {
    PreconditionState.MET: "good",
    PreconditionState.NOT_MET: "bad",
    PreconditionState.NOT_ON_RECORD: "warning",
}
STATE_TONES: Mapping[str, str] = {
    TechniqueState.LEARNING: "info",
    TechniqueState.PROPOSED: "warning",
    TechniqueState.SIGNED: "good",
    TechniqueState.PUT_ASIDE: "neutral",
}
STEP_WORDS: Mapping[str, Text] = {
    "choose": gettext_lazy("Technique chosen"),
    "import": gettext_lazy("Written by a table"),
    "correct": gettext_lazy("Duty or reason corrected"),
    **{step.name: step.label for step in TECHNIQUE_STEPS},
}

_CASE_ERRORS: Mapping[str, Text] = {
    "technique-case": gettext_lazy("These cases cannot be recorded as they stand. Look at the day and the people."),
    "technique-case.twice": gettext_lazy(
        "The same people have cases on record for %(day)s already (%(count)s). Take them back to write them anew."
    ),
    "technique-case.taken-back": gettext_lazy("The entry of %(day)s is taken back already, or takes another one back."),
    "technique-case.without-reason": gettext_lazy("Taking cases back needs a reason in words."),
    "technique-case.part-unknown": gettext_lazy("'%(given)s' is not on the list. Choose one of the list."),
    "technique-case.day-ahead": gettext_lazy("%(day)s is still to come. Record cases when they are done."),
    "technique-case.number": gettext_lazy("%(given)s is no number from %(least)s to %(most)s."),
    "technique-case.complications": gettext_lazy(
        "%(given)s cases with complications: give a number from 0 to %(most)s, the number of cases."
    ),
    "technique-case.local-person": gettext_lazy("Name the local person, or choose that no local person took part."),
    "technique-case.teacher": gettext_lazy("Name the posting of whoever taught. Work done alone has no teacher."),
    "technique-case.local-elsewhere": gettext_lazy("The local person works for another institution."),
    "technique-case.posting-elsewhere": gettext_lazy(
        "The posting belongs to another agreement, or does not lead to this institution."
    ),
    "technique-case.not-on-site": gettext_lazy(
        "The posting %(posting)s was not on site on %(day)s. Correct the day, or its arrival and leaving."
    ),
}
_ERRORS: Mapping[str, Text] = {
    **_CASE_ERRORS,
    "ladder-needs": gettext_lazy("A technique cannot ask for this: %(field)s is %(given)s. Correct the catalogue."),
    "technique-step": gettext_lazy(
        "The technique %(technique)s is: %(state_label)s. This step does not follow. Steps that do: %(steps)s."
    ),
    "preconditions-open": gettext_lazy(
        "Preconditions that are not met or not attested: %(count)s. Each stands on the page of the technique."
    ),
    "invalid-input.technique-unknown": gettext_lazy("The catalogue has no technique '%(given)s'."),
    "invalid-input.technique-without-name": gettext_lazy("Choose a technique of the catalogue, or give its name."),
    "invalid-input.technique-department": gettext_lazy("The department belongs to another institution."),
    "invalid-input.technique-no-party": gettext_lazy(
        "The institution is not among those that the agreement %(agreement)s supports."
    ),
    "invalid-input.technique-twice": gettext_lazy(
        "The department learns '%(given)s' under this agreement already. Open that entry."
    ),
    "invalid-input.technique-duty": gettext_lazy(
        "Choose a duty that counts techniques which this institution learns to do alone, or none."
    ),
    "invalid-input.technique-not-ready": gettext_lazy("The preconditions are not confirmed yet. Confirm them first."),
    "invalid-input.technique-too-few-cases": gettext_lazy(
        "Too few cases are on record for the next rung: %(has)s of %(needs)s. Record the cases that were done."
    ),
    "invalid-input.growth-day-ahead": gettext_lazy("%(day)s is still to come. Give a day that has come."),
    "invalid-input.attestation-without-evidence": gettext_lazy(
        "Say what was seen: which document, which room, which authorisation."
    ),
    "invalid-input.precondition-on-record": gettext_lazy(
        "This precondition is on record or attested already. Load the page again."
    ),
    "invalid-input.technique-step-without-reason": gettext_lazy("This step needs a reason in words."),
    "separation-of-duties.own-technique": gettext_lazy(
        "You chose this technique; somebody else attests its preconditions."
    ),
    "separation-of-duties.own-technique-proposal": gettext_lazy(
        "You proposed that the department does it alone; somebody else signs."
    ),
    "not-permitted.technique-department": gettext_lazy(
        "A head of department records and decides about the own department. Ask its head, or the partnership office."
    ),
    "not-permitted.technique-home": gettext_lazy(
        "The institution that learns the technique, or the head of its department, decides this."
    ),
    "not-permitted.technique-teaching": gettext_lazy(
        "The side that teaches proposes that a department does a technique alone; the home side signs."
    ),
}
_ACTIONS: Mapping[str, Text] = {
    "growth.technique.choose": gettext_lazy("Technique chosen"),
    "growth.technique.attest": gettext_lazy("Precondition attested"),
    "growth.technique.correct": gettext_lazy("Duty or reason corrected"),
    "growth.technique_case.record": gettext_lazy("Cases of a technique recorded"),
    "growth.technique_case.take_back": gettext_lazy("Cases of a technique taken back"),
    **{f"growth.technique.{step.name}": step.label for step in TECHNIQUE_STEPS},
}


def register() -> None:
    """Give the pages the words of techniques."""
    register_error_texts(_ERRORS)
    register_action_names(_ACTIONS)


def precondition_word(need: Precondition) -> str:
    """Say in words what a technique asks for."""
    if isinstance(need, EquipmentNeed):
        kind = reference_name("equipment_kinds", need.kind)
        return _("%(kind)s, working units: %(units)s") % {"kind": kind, "units": need.units}
    if isinstance(need, StaffNeed):
        return _staff_word(need)
    return reference_name("services", need.service)


def _staff_word(need: StaffNeed) -> str:
    codes = {item.rank: item.code for item in title_ranks()}
    professions = [reference_name("professions", each) for each in sorted(need.professions)]
    fields = [reference_name("specialties", each) for each in need.specialties]
    who = " · ".join(part for part in (" / ".join(professions), " / ".join(fields)) if part) or _("staff")
    if need.least_rank:
        title = reference_name("title_ranks", codes[need.least_rank])
        who = f"{who} · " + _("%(title)s or higher") % {"title": title}
    return _("%(who)s, people: %(number)s") % {"who": who, "number": need.number}


def rule_words(needs: LadderNeeds) -> list[str]:
    """Say what the rungs ask for and when a technique counts as sustained or lapsed."""
    return [
        _("Seen: %(number)s cases; assisted: %(assisted)s; done under supervision: %(supervised)s.")
        % {"number": needs.observed, "assisted": needs.assisted, "supervised": needs.supervised},
        _("Alone: proposed by the side that teaches, signed by another person of the home side."),
        _("Sustained: at least %(least)s cases done alone in every %(months)s months, checked after 6 and 12 months.")
        % {"least": needs.least_in_period, "months": needs.period_months},
        _("Lapsed: no case done alone for %(months)s months.") % {"months": needs.lapse_months},
    ]


def proposer_of(row: DepartmentTechnique) -> object:
    """Return who proposed: the user, or the person whom a table names."""
    return row.proposed_by or row.proposed_by_staff


def signer_of(row: DepartmentTechnique) -> object:
    return row.signed_by or row.signed_by_staff
