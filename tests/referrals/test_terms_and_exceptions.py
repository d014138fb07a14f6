"""Terms of referral are found from the agreement; an exception is offered only to who does not see the patient yet."""

from __future__ import annotations

from django.urls import reverse

from lianyi.accounts.models import Grant, GrantKind
from lianyi.referrals.models import ReferralTerms
from tests.cast import actor_for
from tests.dispatch.page_parts import client_of
from tests.referrals.story import Story
from tests.referrals.test_new_referral import signed_in


def test_the_page_of_an_agreement_leads_to_its_terms_of_referral(story: Story) -> None:
    terms = reverse("referrals:terms", args=[story.agreement.pk])
    page = reverse("partnerships:agreement", args=[story.agreement.pk])
    office = client_of(story.scene.office_jia)
    assert f'href="{terms}"' in office.get(page).content.decode()
    assert office.get(terms).status_code == 200
    # Who does not write agreements is not led to a page that would refuse.
    assert terms not in signed_in("duty-jia").get(page).content.decode()
    assert not ReferralTerms.objects.exists()


def test_an_exception_is_not_offered_to_who_sees_the_patient(story: Story) -> None:
    leg = story.sent(urgency="urgent")
    address = reverse("referrals:exception", args=[leg.pk])
    duty, sender = signed_in("duty-jia"), signed_in("doctor-shan")
    assert "Why it cannot wait" in duty.get(address).content.decode()
    answer = sender.get(address)
    assert (answer.status_code, answer["Location"]) == (302, reverse("referrals:case", args=[leg.pk]))
    assert "You may see who the patient is already." in sender.get(answer["Location"]).content.decode()
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    assert duty.get(address).status_code == 302
    assert not Grant.objects.filter(kind=GrantKind.EXCEPTION).exists()


def test_a_consultation_offers_only_agreements_that_run_today(story: Story) -> None:
    ended = story.scene.agreement("OLD-1", starts_on="2020-01-01", ends_on="2020-12-31")
    coming = story.scene.agreement("NEXT-1", starts_on="2098-01-01", ends_on="2098-12-31")
    page = signed_in("doctor-shan").get(reverse("referrals:consultation-new"), {"kind": "advice", "urgency": "routine"})
    assert page.status_code == 200
    offered = set(page.context["form"].fields["agreement"].queryset.values_list("pk", flat=True))
    assert story.agreement.pk in offered
    assert not offered & {ended.pk, coming.pk}


def test_a_consultation_offers_no_agreement_of_others(story: Story) -> None:
    stranger = actor_for("doctor-lin", story.scene.lin.pk, "referring_clinician")
    page = client_of(stranger).get(reverse("referrals:consultation-new"), {"kind": "advice", "urgency": "routine"})
    assert not page.context["form"].fields["agreement"].queryset.exists()
