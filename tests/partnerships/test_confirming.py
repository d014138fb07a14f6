"""Nobody opens another institution by naming it: parties confirm, refuse, leave on a day; terms hold their contents."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.access import decide, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import AuditEvent, Grant, User
from lianyi.dispatch.models import Posting
from lianyi.errors import InvalidInputError
from lianyi.partnerships import commands, queries
from lianyi.partnerships.errors import AgreementIncompleteError, AgreementStateError
from lianyi.partnerships.home import items
from lianyi.partnerships.models import Agreement, AgreementParty
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.errors import ImportRefusedError
from lianyi.registry.imports import running
from lianyi.registry.models import Institution
from tests.cast import Scene, acting_as, actor_for, as_service, day


def reached(actor: Actor) -> list[str]:
    return sorted(scoped(actor, Institution.objects.all()).values_list("code", flat=True))


def client_of(actor: Actor) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def named_by_lin(scene: Scene, side: str = "supported") -> Agreement:
    """The office of LIN names JIA1, which knows nothing of it, and puts the agreement in force alone."""
    new = commands.NewAgreement(
        code="LIN-ALONE",
        title_zh="单方协议",
        kind="cooperation",
        starts_on=day("2024-01-01"),
        ends_on=day("2030-12-31"),
        parties={scene.lin.pk: "supporting", scene.jia.pk: side},
    )
    if side == "site":
        new = commands.NewAgreement(
            code="LIN-ALONE",
            title_zh="单方协议",
            kind="cooperation",
            starts_on=day("2024-01-01"),
            ends_on=day("2030-12-31"),
            parties={scene.lin.pk: "organiser", scene.jia.pk: "site"},
        )
    row = commands.draft_agreement(acting_as(scene.office_lin), rule_book(), new)
    duty = commands.NewDuty("D01", "职责", "visits_held", quantity=1, unit="visit")  # type: ignore[arg-type]
    commands.add_duty(acting_as(scene.office_lin), row, duty)
    return commands.put_in_force(acting_as(scene.office_lin), row, row.version)


@pytest.mark.parametrize("side", ["supported", "site"])
def test_one_side_alone_opens_no_registry_of_a_hospital_that_did_not_confirm(scene: Scene, side: str) -> None:
    named_by_lin(scene, side)
    assert reached(scene.office_lin) == ["LIN"]
    assert reached(scene.office_jia) == ["JIA1"]
    page = reverse("registry:institution-detail", args=[scene.jia.pk])
    assert client_of(scene.office_lin).get(page).status_code == 404


def test_who_is_asked_reads_the_one_agreement_and_writes_nothing_in_it(scene: Scene) -> None:
    agreement = named_by_lin(scene)
    assert list(queries.agreements(scene.office_jia)) == [agreement]
    assert decide(scene.office_jia, "agreement.read", agreement).allowed
    assert not decide(scene.office_jia, "agreement.write", agreement).allowed
    assert not decide(scene.office_jia, "dispatch.write", agreement).allowed
    assert list(queries.agreements(scene.office_shan)) == []


def test_a_confirmed_party_opens_both_ways_and_is_told_in_the_trail(scene: Scene) -> None:
    agreement = named_by_lin(scene)
    scene.confirm(agreement, scene.office_jia)
    assert reached(scene.office_lin) == ["JIA1", "LIN"]
    assert reached(scene.office_jia) == ["JIA1", "LIN"]
    party = agreement.parties.get(institution=scene.jia)
    assert (party.confirmed_by_id, party.answer) == (scene.office_jia.user_id, "confirmed")
    assert AuditEvent.objects.filter(action="partnerships.party.confirm", object_id=party.pk).count() == 1
    with pytest.raises(AgreementStateError, match="answered already"):
        commands.confirm_parties(acting_as(scene.office_jia), agreement, [party.pk])


def test_nobody_confirms_for_an_institution_of_others(scene: Scene) -> None:
    agreement = named_by_lin(scene)
    party = agreement.parties.get(institution=scene.jia)
    for stranger in (scene.office_lin, scene.office_shan):
        with pytest.raises(NotPermittedError, match="acts for the institution named"):
            commands.confirm_parties(acting_as(stranger), agreement, [party.pk])
    nurse = actor_for("clinician", scene.jia.pk, "referring_clinician")
    with pytest.raises(NotPermittedError):
        commands.confirm_parties(acting_as(nurse), agreement, [party.pk])
    assert agreement.parties.get(institution=scene.jia).confirmed_at is None


def test_a_refusal_needs_words_opens_nothing_and_can_be_taken_back(scene: Scene) -> None:
    agreement = named_by_lin(scene)
    party = agreement.parties.get(institution=scene.jia)
    with pytest.raises(InvalidInputError, match="reason in words"):
        commands.refuse_parties(acting_as(scene.office_jia), agreement, [party.pk])
    commands.refuse_parties(acting_as(scene.office_jia, "从未商议"), agreement, [party.pk])
    party.refresh_from_db()
    assert (party.answer, party.refusal_reason) == ("refused", "从未商议")
    assert reached(scene.office_lin) == ["LIN"]
    commands.confirm_parties(acting_as(scene.office_jia), agreement, [party.pk])
    assert reached(scene.office_lin) == ["JIA1", "LIN"]


def test_a_refused_counterpart_keeps_an_agreement_from_being_put_in_force(scene: Scene) -> None:
    agreement = scene.agreement(in_force=False)
    party = agreement.parties.get(institution=scene.shan)
    commands.refuse_parties(acting_as(scene.office_shan, "无需支援"), agreement, [party.pk])
    with pytest.raises(AgreementIncompleteError):
        commands.put_in_force(acting_as(scene.office_jia), agreement, agreement.version)


def test_who_acts_for_both_sides_confirms_both_by_writing(scene: Scene) -> None:
    province = actor_for("province-office", scene.country.pk, "lead_office")
    new = commands.NewAgreement(
        code="BOTH",
        title_zh="省内协议",
        kind="cooperation",
        starts_on=day("2024-01-01"),
        ends_on=day("2024-12-31"),
        parties={scene.jia.pk: "supporting", scene.shan.pk: "supported"},
    )
    agreement = commands.draft_agreement(acting_as(province), rule_book(), new)
    assert not agreement.parties.filter(confirmed_at__isnull=True).exists()


def test_the_installer_confirms_all_parties_that_a_table_names(scene: Scene) -> None:
    agreement = scene.agreement()
    text = "agreement_code,institution_code,side,valid_from\nJS-2024,LIN,organiser,2024-01-01\n"
    source = running.preview_table(as_service().actor, "agreement_parties", text.encode(), "p.csv", "en").source
    running.import_table(as_service(), source)
    assert agreement.parties.get(institution=scene.lin).answer == "confirmed"
    assert reached(scene.office_jia) == ["JIA1", "LIN", "SHAN"]


def test_a_table_of_one_side_names_a_party_that_is_asked(scene: Scene) -> None:
    agreement = scene.agreement()
    text = "agreement_code,institution_code,side,valid_from\nJS-2024,LIN,organiser,2024-01-01\n"
    source = running.preview_table(scene.office_jia, "agreement_parties", text.encode(), "p.csv", "en").source
    running.import_table(acting_as(scene.office_jia), source)
    assert agreement.parties.get(institution=scene.lin).answer == "asked"
    assert reached(scene.office_jia) == ["JIA1", "SHAN"]
    assert reached(scene.office_lin) == ["LIN"]


def test_an_early_end_closes_the_registries_and_leaves_the_record(scene: Scene) -> None:
    agreement = scene.agreement()
    context = acting_as(scene.office_jia, reason="医院合并")
    commands.terminate_agreement(context, agreement, day("2024-06-30"), agreement.version)
    assert reached(scene.office_jia) == ["JIA1"]
    assert reached(scene.office_shan) == ["SHAN"]
    assert list(queries.agreements(scene.office_shan)) == [agreement]


def test_a_party_that_leaves_later_keeps_everything_up_to_its_last_day(scene: Scene) -> None:
    today = timezone.localdate()
    agreement = scene.agreement(ends_on="2099-12-31")
    party = agreement.parties.get(institution=scene.shan)
    last_day = today + datetime.timedelta(days=200)
    commands.end_party(acting_as(scene.office_jia), party, last_day, party.version)
    assert reached(scene.office_jia) == ["JIA1", "SHAN"]
    assert decide(scene.office_shan, "agreement.read", agreement).allowed
    ends = set(
        Grant.objects.filter(target_id=scene.shan.pk, revoked_at__isnull=True).values_list("valid_to", flat=True)
    )
    assert [timezone.localdate(end) for end in ends if end] == [last_day + datetime.timedelta(days=1)]
    assert AuditEvent.objects.filter(action="accounts.grant.close").count() == 1  # the one that only asked
    sooner = AgreementParty.objects.get(pk=party.pk)
    commands.end_party(acting_as(scene.office_jia), sooner, today - datetime.timedelta(days=1), sooner.version)
    assert reached(scene.office_jia) == ["JIA1"]


def test_a_running_agreement_changes_only_with_a_reason(scene: Scene) -> None:
    agreement = scene.agreement()
    change = {"ends_on": day("2024-11-30")}
    with pytest.raises(InvalidInputError, match="reason in words"):
        commands.change_agreement(acting_as(scene.office_jia), rule_book(), agreement, change, agreement.version)
    context = acting_as(scene.office_jia, "补充协议")
    commands.change_agreement(context, rule_book(), agreement, change, agreement.version)
    assert agreement.ends_on == day("2024-11-30")
    assert AuditEvent.objects.get(action="partnerships.agreement.change").reason == "补充协议"


def test_a_draft_changes_without_a_reason(scene: Scene) -> None:
    agreement = scene.agreement(in_force=False)
    change = {"title_en": "Another"}
    commands.change_agreement(acting_as(scene.office_jia), rule_book(), agreement, change, agreement.version)
    assert agreement.title_en == "Another"


def test_a_term_holds_its_duties_and_published_postings(scene: Scene) -> None:
    agreement = scene.agreement()
    scene.duty(agreement, "D07", "visits_held", "1", "visit", due_on=day("2024-11-30"))
    posting = scene.published(agreement, scene.ding, "2024-03-01", "2024-10-31")
    scene.draft(agreement, scene.an, "2024-03-01", "2024-12-31")
    context = acting_as(scene.office_jia, "缩短")
    change = {"ends_on": day("2024-10-15")}
    with pytest.raises(InvalidInputError, match="leaves out") as refused:
        commands.change_agreement(context, rule_book(), agreement, change, agreement.version)
    assert refused.value.params["left_out"] == ["D07", posting.code]
    Posting.objects.filter(pk=posting.pk).update(state="void")
    change = {"starts_on": day("2024-04-01"), "ends_on": day("2024-11-01")}
    with pytest.raises(InvalidInputError) as refused:
        commands.change_agreement(context, rule_book(), agreement, change, agreement.version)
    assert refused.value.params["left_out"] == ["D07"]


def test_a_table_does_not_change_an_agreement_in_force(scene: Scene) -> None:
    scene.agreement()
    text = "code,title_zh,kind,starts_on,ends_on\nJS-2024,新名,counterpart_support,2024-01-01,2024-06-30\n"
    preview = running.preview_table(scene.office_jia, "agreements", text.encode(), "a.csv", "en")
    (refused,) = preview.refused
    assert "in force; change it on its page" in " ".join(preview.reasons(refused))
    with pytest.raises(ImportRefusedError):
        running.import_table(acting_as(scene.office_jia), preview.source)


def test_the_office_of_the_named_hospital_finds_the_question_at_home_and_answers_it(scene: Scene) -> None:
    agreement = named_by_lin(scene)
    address = reverse("partnerships:part-answer", args=[agreement.pk])
    assert [item.url for item in items(scene.office_jia) if "confirm or refuse" in item.text] == [address]
    assert [item for item in items(scene.office_lin) if "confirm or refuse" in item.text] == []
    client = client_of(scene.office_jia)
    assert address in client.get(reverse("partnerships:agreement", args=[agreement.pk])).content.decode()
    assert "甲市第一医院" in client.get(address).content.decode()
    party = agreement.parties.get(institution=scene.jia)
    facts = {"command_key": str(uuid.uuid4()), "parties": [str(party.pk)]}
    refused = client.post(address, {**facts, "answer": "no"})
    assert refused.status_code == 422
    assert client.post(address, {**facts, "answer": "yes"}).status_code == 302
    party.refresh_from_db()
    assert party.answer == "confirmed"
    assert client.get(address).status_code == 404
    assert [item for item in items(scene.office_jia) if "confirm or refuse" in item.text] == []


def test_the_parties_page_says_who_has_not_confirmed(scene: Scene) -> None:
    agreement = named_by_lin(scene)
    page = client_of(scene.office_lin).get(reverse("partnerships:agreement", args=[agreement.pk])).content.decode()
    assert "not confirmed yet" in page
    assert reverse("partnerships:part-answer", args=[agreement.pk]) not in page
