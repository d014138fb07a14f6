"""“The patient is here”: an institution tells it by document, and the open cases of the person elsewhere hear of it."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import AuditEvent
from lianyi.errors import LianyiError
from lianyi.referrals.commands.presence import Presence, tell_presence
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.escalating import Worker
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import ClosingProposal, Notice
from tests.cast import acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.referrals.story import Story, patient

NUMBER = "11010519491231002X"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def clock_on_the_wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


@pytest.fixture
def known() -> PatientFacts:
    return patient(born_on=datetime.date(1949, 12, 31), id_number=NUMBER, id_kind="resident")


def at_lin(story: Story, fact: str = "admitted", **more: object) -> Presence:
    told = {
        "institution_id": story.scene.lin.pk,
        "id_kind": "resident",
        "id_number": NUMBER,
        "fact": fact,
        "happened_at": timezone.now(),
    }
    return Presence(**{**told, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("fact", ["arrived", "admitted", "discharged"])
def test_who_is_elsewhere_is_not_waited_for_any_longer(
    clock_on_the_wall, story: Story, known: PatientFacts, fact: str
) -> None:
    leg = story.accepted(patient=known)
    other = story.accepted()
    tell_presence(acting_as(story.duty_lin), at_lin(story, fact))
    proposal = ClosingProposal.objects.get()
    assert (proposal.leg_id, proposal.fact, proposal.institution_id) == (leg.pk, fact, story.scene.lin.pk)
    assert (proposal.source, proposal.is_exact) == ("邻县人民医院", True)
    assert proposal.apply_at == timezone.now() + 24 * HOUR
    told = Notice.objects.filter(kind="propose_closing", leg=leg).values_list("institution__code", flat=True)
    assert "SHAN" in told
    clock_on_the_wall.shift(25 * HOUR)
    Worker().turn()
    leg.refresh_from_db()
    other.refresh_from_db()
    assert (leg.state, leg.arrived_at) == ("handled-elsewhere", None)
    # Only the time of its bed is over: the patient is waited for.
    assert (other.state, other.is_open) == ("appointment-cancelled", True)


def test_the_number_is_the_same_however_it_is_typed(story: Story, known: PatientFacts) -> None:
    leg = story.accepted(patient=known)
    tell_presence(acting_as(story.duty_lin), at_lin(story, id_number="11010519491231 002x"))
    assert ClosingProposal.objects.get().leg_id == leg.pk


def test_a_hospital_with_a_case_of_its_own_finds_the_arrival_on_it(story: Story, known: PatientFacts) -> None:
    leg = story.accepted(patient=known)
    here = at_lin(story, institution_id=story.scene.jia.pk)
    tell_presence(acting_as(story.duty_jia), here)
    page = words(page_of(client_of(story.duty_jia), "referrals:case", leg.pk))
    assert "Another record shows" in page
    # Who lets its own patient go writes the outcome; nothing is proposed for that.
    tell_presence(acting_as(story.duty_jia), at_lin(story, "discharged", institution_id=story.scene.jia.pk))
    assert ClosingProposal.objects.filter(leg=leg).count() == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"id_number": " "}, "document-missing"),
        ({"id_kind": "none"}, "document-missing"),
        ({"id_number": "110105194912310021"}, "resident-number"),
        ({"id_kind": "library"}, "patient-choice"),
        ({"fact": "died"}, "choice-unknown"),
        ({"happened_at": datetime.datetime(2199, 1, 1, tzinfo=datetime.UTC)}, None),
    ],
)
def test_what_no_register_tells_is_refused(
    story: Story, known: PatientFacts, more: dict[str, object], reason: str | None
) -> None:
    story.accepted(patient=known)
    with pytest.raises(FactsRefusedError) as refused:
        tell_presence(acting_as(story.duty_lin), at_lin(story, **more))
    if reason is not None:
        assert refused.value.params["reason"] == reason
    assert not ClosingProposal.objects.exists()


def test_only_the_institution_itself_tells_it_by_somebody_who_handles_cases(story: Story, known: PatientFacts) -> None:
    story.accepted(patient=known)
    with pytest.raises(NotPermittedError):
        tell_presence(acting_as(story.duty_jia), at_lin(story))
    reader = actor_for("reader-lin", story.scene.lin.pk, "supported_office")
    with pytest.raises(LianyiError):
        tell_presence(acting_as(reader), at_lin(story))
    assert client_of(reader).get(reverse("referrals:presence")).status_code == 403
    assert not ClosingProposal.objects.exists()


def test_the_page_answers_the_same_whether_the_person_is_referred_or_not(story: Story, known: PatientFacts) -> None:
    leg = story.accepted(patient=known)
    client = client_of(story.duty_lin)
    assert reverse("referrals:presence") in page_of(client, "referrals:work")
    typed = {
        "institution": story.scene.lin.pk,
        "id_kind": "resident",
        "fact": "admitted",
        "happened_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
    }
    answers = []
    for number in (NUMBER, "110105194912310046"):
        sent = send(client, "referrals:presence", id_number=number, **typed)
        assert sent.status_code == 302, sent.content.decode()
        seen = words(page_of(client, "referrals:work"))
        answers.append((sent["Location"], "It is recorded." in seen, leg.request.journey.number in seen))
    assert answers[0] == answers[1] == (reverse("referrals:work"), True, False)
    assert [row.leg_id for row in ClosingProposal.objects.all()] == [leg.pk]
    trail = AuditEvent.objects.filter(action="referrals.presence.tell")
    assert trail.count() == 2
    assert NUMBER not in str(list(trail.values("before", "after", "reason")))
    wrong = send(client, "referrals:presence", id_number="123", **typed)
    assert wrong.status_code == 422
