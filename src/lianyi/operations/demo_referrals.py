"""Play the samples of a case through the same commands that people use, at times counted back from today."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from lianyi.accounts.records import Provenance
from lianyi.operations.demo_consultations import play_consultation
from lianyi.operations.demo_playing import Facts, context_at, institution_named, start_of
from lianyi.operations.demo_rosters import extend_rosters
from lianyi.operations.errors import CaseFileError
from lianyi.partnerships.models import Agreement
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.returns import record_follow_up
from lianyi.referrals.commands.steps import record_milestone
from lianyi.referrals.commands.writing import NewReferral, draft_referral
from lianyi.referrals.facts import Drug, NeedAnswer, ReturnPlanFacts, StepFacts, Transport
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import FollowUp, Leg, Notice, Request, ReturnNeed
from lianyi.referrals.states import LegState
from lianyi.referrals.walking import system_step, take_step

REFERRALS_FILE = "referrals.toml"
_STABLE = {"vital_signs_stable": True, "diagnosis_clear": True, "no_special_treatment": True}
_AS_GIVEN = ("reason_code", "text", "contact", "reservation", "capacity_confirmed", "disposition")


def play_referrals(folder: Path) -> int:
    """Play every sample patient of a case folder that was not played yet, and return how many were.

    The duty rosters of the file are written further where they end soon.

    Raises
    ------
    CaseFileError
        When the file lacks something that a case needs.
    """
    path = folder / REFERRALS_FILE
    if not path.is_file():
        return 0
    try:
        samples = tomllib.loads(path.read_text(encoding="utf-8"))
        played = sum(_play(case) for case in samples["cases"])
        played += sum(play_consultation(case) for case in samples.get("consultations", ()))
        for each in samples.get("rosters", ()):
            extend_rosters(each)
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise CaseFileError(f"{path} cannot be used ({error}).", file=str(path)) from error
    return played


def _play(case: Facts) -> bool:
    key = f"referral:{case['id']}"
    if Request.objects.filter(journey__problem_text=case["problem_text"], provenance=Provenance.SAMPLE).exists():
        return False
    start = start_of(case)
    with transaction.atomic():
        row = draft_referral(context_at(case["by"], key, start), _new(case, start))
        leg = Leg.objects.get(request=row)
        for number, each in enumerate(case.get("milestones", ())):
            at = start + datetime.timedelta(minutes=each["after"])
            by = each.get("by", case["by"])
            if by == case["by"]:
                record_milestone(context_at(by, f"{key}:m{number}", at), leg.pk, each["code"], at)
        for number, each in enumerate(case["steps"]):
            _step(each, leg, f"{key}:{number}", start)
            _deliver(leg, f"{key}:{number}:deliver", start + datetime.timedelta(minutes=each["after"]))
        _late_milestones(case, leg, key, start)
        # What happened before the demo was loaded is no news to anybody.
        Notice.objects.filter(leg__request__journey_id=row.journey_id).update(seen_at=timezone.now())
    return True


def _late_milestones(case: Facts, leg: Leg, key: str, start: datetime.datetime) -> None:
    """Record what the receiver recorded, after its acceptance has opened the case to it."""
    for number, each in enumerate(case.get("milestones", ())):
        by = each.get("by", case["by"])
        if by != case["by"]:
            at = start + datetime.timedelta(minutes=each["after"])
            record_milestone(context_at(by, f"{key}:m{number}", at), leg.pk, each["code"], at)


def _new(case: Facts, start: datetime.datetime) -> NewReferral:
    agreement = Agreement.objects.filter(code=case.get("agreement", "")).first()
    return NewReferral(
        from_institution_id=institution_named(case["sender"]),
        direction="up",
        urgency=case["urgency"],
        condition=case.get("condition", ""),
        reason=case["reason"],
        problem_code=case["problem_code"],
        problem_text=case["problem_text"],
        specialty=case["specialty"],
        question=case["question"],
        patient=PatientFacts(**case["patient"]),
        receivers=(Receiver(institution_id=institution_named(case["receiver"])),),
        agreement_id=None if agreement is None else agreement.pk,
        has_consent=True,
        values={**case["values"], **_times(case, start)},
        first_contact_at=start,
        override_code=case.get("override", ""),
        provenance=Provenance.SAMPLE,
    )


def _times(case: Facts, start: datetime.datetime) -> dict[str, str]:
    """Return the items of the form that are moments; ``times`` gives them as minutes from the first contact."""
    minutes: Mapping[str, int] = case.get("times", {})
    zone = timezone.get_current_timezone()
    moments = {code: start + datetime.timedelta(minutes=after) for code, after in minutes.items()}
    return {code: moment.astimezone(zone).isoformat(timespec="minutes") for code, moment in moments.items()}


def _step(each: Facts, leg: Leg, key: str, start: datetime.datetime) -> None:
    at = start + datetime.timedelta(minutes=each["after"])
    on = _back_leg(leg) if each.get("of") == "back" else leg
    on.refresh_from_db()
    if "follow_up" in each:
        row = FollowUp.objects.get(leg__request__journey_id=leg.request.journey_id, kind=each["follow_up"])
        day = timezone.localdate(at)
        record_follow_up(context_at(each["by"], key, at), row.pk, day, each["note"], FollowUp.State.DONE, row.version)
        return
    facts = _facts(each, on, at, start)
    take_step(context_at(each["by"], key, at), on.pk, each["step"], facts, on.version)


def _deliver(leg: Leg, key: str, at: datetime.datetime) -> None:
    """Deliver what a step has sent, as the worker does it within the minute."""
    for sent in Leg.objects.filter(request__journey_id=leg.request.journey_id, state=LegState.SENT):
        system_step(context_at("", f"{key}:{sent.number}", at), sent, "deliver", at)


def _back_leg(leg: Leg) -> Leg:
    return Leg.objects.get(request__based_on_id=leg.request_id, request__direction="down")


def _facts(each: Facts, on: Leg, at: datetime.datetime, start: datetime.datetime) -> StepFacts:
    given: dict[str, Any] = {name: each[name] for name in _AS_GIVEN if name in each}
    if "expected_after" in each:
        given["expected_at"] = start + datetime.timedelta(minutes=each["expected_after"])
    if "expected_return_in_days" in each:
        given["expected_return_on"] = timezone.localdate(at) + datetime.timedelta(days=each["expected_return_in_days"])
    if "institution" in each:
        given["institution_id"] = institution_named(each["institution"])
    if "transport" in each:
        given["transport"] = Transport(**each["transport"])
    if "plan" in each:
        given |= {"plan": _plan(each, at), "stability": _STABLE, "agreed_by": "patient"}
    if each.get("needs") == "yes":
        needs = ReturnNeed.objects.filter(request_id=on.request_id).order_by("pk")
        given["needs"] = tuple(NeedAnswer(need_id=need.pk, answer=ReturnNeed.Answer.YES) for need in needs)
    return StepFacts(occurred_at=at, **given)


def _plan(each: Facts, at: datetime.datetime) -> ReturnPlanFacts:
    drugs: Sequence[Facts] = each.get("drugs", ())
    days = tuple(timezone.localdate(at) + datetime.timedelta(days=number) for number in each["follow_up_after_days"])
    return ReturnPlanFacts(**each["plan"], drugs=tuple(Drug(**drug) for drug in drugs), follow_up_on=days)
