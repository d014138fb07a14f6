"""Agreements from the draft to the end of their term."""

from __future__ import annotations

import pytest

from lianyi.accounts.access import decide, scoped
from lianyi.accounts.errors import NotPermittedError, StateRefusedError
from lianyi.accounts.models import AuditEvent
from lianyi.errors import InvalidInputError
from lianyi.partnerships import commands
from lianyi.partnerships.errors import (
    AgreementIncompleteError,
    AgreementStateError,
    DocumentRefusedError,
    DutyPeriodError,
)
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.models import Institution
from lianyi.rules.errors import ExpiredRuleSetError, UnknownRuleSetError
from tests.cast import Scene, acting_as, actor_for, as_service, day


def reached(scene: Scene, who: str) -> list[str]:
    return sorted(scoped(getattr(scene, who), Institution.objects.all()).values_list("code", flat=True))


def test_a_draft_opens_nothing_to_the_other_side(scene: Scene) -> None:
    scene.agreement(in_force=False)
    assert reached(scene, "office_jia") == ["JIA1"]
    assert reached(scene, "office_shan") == ["SHAN"]


def test_an_agreement_in_force_lets_each_side_read_the_other_and_nobody_else(scene: Scene) -> None:
    agreement = scene.agreement()
    assert reached(scene, "office_jia") == ["JIA1", "SHAN"]
    assert reached(scene, "office_shan") == ["JIA1", "SHAN"]
    assert reached(scene, "office_lin") == ["LIN"]
    assert not decide(scene.office_lin, "agreement.read", agreement).allowed
    assert decide(scene.office_shan, "agreement.write", agreement).allowed


def test_a_bureau_sees_the_agreement_of_a_hospital_of_its_region(scene: Scene) -> None:
    agreement = scene.agreement()
    viewer = actor_for("viewer", scene.county.pk, "commission_viewer")
    far = actor_for("far", scene.outside.pk, "commission_viewer")
    assert list(scoped(viewer, Agreement.objects.all())) == [agreement]
    assert list(scoped(far, Agreement.objects.all())) == []


def test_a_party_that_leaves_reaches_and_shows_nothing_any_more(scene: Scene) -> None:
    agreement = scene.agreement()
    party = agreement.parties.get(institution=scene.shan)
    commands.end_party(acting_as(scene.office_jia), party, day("2024-06-30"), party.version)
    assert reached(scene, "office_jia") == ["JIA1"]
    assert reached(scene, "office_shan") == ["SHAN"]


def test_a_site_is_shown_to_the_parties_but_does_not_see_the_whole_scheme(scene: Scene) -> None:
    agreement = scene.agreement()
    commands.add_party(acting_as(scene.office_jia), agreement, scene.cun.pk, "site", day("2024-02-01"))
    assert reached(scene, "office_jia") == ["JIA1", "SHAN"]
    scene.confirm(agreement, actor_for("county-office", scene.county.pk, "supported_office"))
    assert reached(scene, "office_jia") == ["CUN", "JIA1", "SHAN"]
    village = actor_for("village", scene.cun.pk, "village_clinician")
    assert not decide(village, "agreement.read", agreement).allowed


def test_an_agreement_without_duties_or_with_one_side_only_is_not_put_in_force(scene: Scene) -> None:
    new = commands.NewAgreement(
        code="BARE",
        title_zh="空协议",
        kind="cooperation",
        starts_on=day("2024-01-01"),
        ends_on=day("2024-12-31"),
        parties={scene.jia.pk: "supporting"},
    )
    agreement = commands.draft_agreement(acting_as(scene.office_jia), rule_book(), new)
    with pytest.raises(AgreementIncompleteError) as refused:
        commands.put_in_force(acting_as(scene.office_jia), agreement, agreement.version)
    assert len(refused.value.params["missing"]) == 2  # type: ignore[arg-type]
    assert Agreement.objects.get().state == "draft"


def draft_with(scene: Scene, **changes: object) -> Agreement:
    facts: dict[str, object] = {
        "code": "X",
        "title_zh": "协议",
        "kind": "cooperation",
        "starts_on": day("2024-01-01"),
        "ends_on": day("2024-12-31"),
        "parties": {scene.jia.pk: "supporting", scene.shan.pk: "supported"},
    }
    new = commands.NewAgreement(**{**facts, **changes})  # type: ignore[arg-type]
    return commands.draft_agreement(acting_as(scene.office_jia), rule_book(), new)


def test_a_draft_is_refused_for_dates_rules_approvals_and_strangers(scene: Scene) -> None:
    with pytest.raises(InvalidInputError, match="ends on 2023-12-31, before it starts"):
        draft_with(scene, ends_on=day("2023-12-31"))
    with pytest.raises(UnknownRuleSetError, match="tertiary-to-county-2021"):
        draft_with(scene, rule_set="tertiary-to-county")
    with pytest.raises(ExpiredRuleSetError, match="2021-01-01 to 2025-12-31"):
        draft_with(scene, rule_set="tertiary-to-county-2021", starts_on=day("2026-01-01"), ends_on=day("2026-12-31"))
    with pytest.raises(InvalidInputError, match="home_department, home_hospital, receiving_unit"):
        draft_with(scene, approvals=("mayor",))
    with pytest.raises(NotPermittedError, match="yours is not among them"):
        draft_with(scene, parties={scene.shan.pk: "supported", scene.lin.pk: "supporting"})
    assert Agreement.objects.count() == 0


def test_an_agreement_ended_early_needs_a_reason_and_stays_open_to_read(scene: Scene) -> None:
    agreement = scene.agreement()
    with pytest.raises(InvalidInputError, match="reason in words"):
        commands.terminate_agreement(acting_as(scene.office_jia), agreement, day("2024-06-30"), agreement.version)
    context = acting_as(scene.office_jia, reason="医院合并")
    commands.terminate_agreement(context, agreement, day("2024-06-30"), agreement.version)
    assert (agreement.state, agreement.term.end) == ("terminated", day("2024-06-30"))
    assert decide(scene.office_shan, "agreement.read", agreement).allowed
    with pytest.raises(AgreementStateError):
        commands.change_agreement(acting_as(scene.office_jia), rule_book(), agreement, {"title_en": "x"}, 3)


def test_a_renewal_copies_parties_and_duties_into_a_new_draft(scene: Scene) -> None:
    agreement = scene.agreement()
    renewal = commands.renew_agreement(
        acting_as(scene.office_jia), agreement, "JS-2025", day("2025-01-01"), day("2025-12-31")
    )
    assert (renewal.state, renewal.renews_id, renewal.version) == ("draft", agreement.pk, 1)
    assert sorted(renewal.parties.values_list("institution__code", "side")) == [
        ("JIA1", "supporting"),
        ("SHAN", "supported"),
    ]
    assert renewal.duties.get().quantity == 5
    agreement.refresh_from_db()
    assert agreement.duties.count() == 1
    with pytest.raises(AgreementStateError, match="has a renewal already"):
        commands.renew_agreement(acting_as(scene.office_jia), agreement, "Z", day("2025-01-01"), day("2025-12-31"))


def test_a_promise_in_force_changes_only_with_a_reason_and_the_trail_keeps_it(scene: Scene) -> None:
    agreement = scene.agreement()
    duty = agreement.duties.get()
    with pytest.raises(InvalidInputError, match="reason in words"):
        commands.change_duty(acting_as(scene.office_jia), duty, {"quantity": 7}, duty.version)
    commands.change_duty(acting_as(scene.office_jia, reason="补充协议"), duty, {"quantity": 7}, duty.version)
    event = AuditEvent.objects.get(action="partnerships.duty.change")
    assert (event.before, event.after, event.reason) == ({"quantity": "5.000"}, {"quantity": "7.000"}, "补充协议")


def test_a_duty_lies_within_the_term_and_promises_something(scene: Scene) -> None:
    agreement = scene.agreement()
    with pytest.raises(DutyPeriodError, match="2024-01-01 to 2024-12-31"):
        scene.duty(agreement, "D02", "visits_held", "1", "visit", due_on=day("2025-06-30"))
    with pytest.raises(InvalidInputError, match="above 0"):
        scene.duty(agreement, "D02", "visits_held", "0", "visit")


def test_the_signed_document_is_kept_by_its_content_not_by_its_name(scene: Scene) -> None:
    agreement = scene.agreement()
    with pytest.raises(DocumentRefusedError, match="not a PDF, PNG or JPEG"):
        commands.attach_document(acting_as(scene.office_jia), agreement, "signed.pdf", b"MZ\x90 program", 2)
    content = b"%PDF-1.7 a signed page"
    commands.attach_document(acting_as(scene.office_jia), agreement, "协议.pdf", content, agreement.version)
    with agreement.document.open("rb") as file:
        assert file.read() == content
    assert agreement.document_name == "协议.pdf"
    agreement.document.storage.delete(agreement.document.name)


def test_the_cycle_goes_step_by_step_and_starts_anew_from_its_review(scene: Scene) -> None:
    agreement = scene.agreement()
    context = acting_as(scene.office_jia)
    with pytest.raises(StateRefusedError, match="next step of the cycle is 1"):
        commands.start_cycle_step(context, agreement, 3, day("2024-01-10"))
    for step in range(1, 7):
        commands.start_cycle_step(acting_as(scene.office_jia), agreement, step, day(f"2024-0{step}-10"))
    with pytest.raises(StateRefusedError, match="finish the review"):
        commands.start_cycle_step(acting_as(scene.office_jia), agreement, 1, day("2024-08-01"))
    review = agreement.cycle_steps.get(step=6)
    commands.finish_cycle_step(acting_as(scene.office_jia), review, day("2024-07-30"), "差距清单", review.version)
    second = commands.start_cycle_step(acting_as(scene.office_jia), agreement, 1, day("2024-08-01"))
    assert (second.cycle, second.step) == (2, 1)


def test_a_reported_fact_is_never_changed_to_fit(scene: Scene) -> None:
    agreement = scene.agreement()
    new = commands.NewFact("F1", "visit", day("2024-05-01"), "五人来访", provenance="reported", source="Report")
    fact = commands.record_fact(as_service(), agreement, new)
    context = acting_as(scene.office_jia, reason="六人")
    with pytest.raises(StateRefusedError, match="published report"):
        commands.correct_fact(context, fact, {"statement_zh": "六人来访"}, fact.version)


def test_an_institution_joins_once_and_not_after_it_closed(scene: Scene) -> None:
    agreement = scene.agreement()
    with pytest.raises(InvalidInputError, match="is a party already"):
        commands.add_party(acting_as(scene.office_jia), agreement, scene.shan.pk, "site", day("2024-01-01"))
    Institution.objects.filter(pk=scene.cun.pk).update(closed_on=day("2023-06-30"))
    with pytest.raises(InvalidInputError, match="closed on 2023-06-30"):
        commands.add_party(acting_as(scene.office_jia), agreement, scene.cun.pk, "site", day("2024-01-01"))
    assert AgreementParty.objects.count() == 2


def test_a_change_of_tightness_ends_the_former_membership_the_day_before(scene: Scene) -> None:
    new = commands.NewAlliance("AL", "山县医共体", "county_medical_community", scene.jia.pk)
    alliance = commands.create_alliance(acting_as(scene.office_jia), new)
    commands.add_member(acting_as(scene.office_jia), alliance, scene.shan.pk, "loose", day("2020-01-01"))
    commands.add_member(acting_as(scene.office_jia), alliance, scene.shan.pk, "tight", day("2024-07-01"))
    rows = alliance.memberships.order_by("valid_from").values_list("tightness", "valid_from", "valid_to")
    assert list(rows) == [
        ("loose", day("2020-01-01"), day("2024-06-30")),
        ("tight", day("2024-07-01"), None),
    ]
