"""Every page of writing, files, partners and papers: somebody of another hospital with the same role gets nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lianyi.referrals.commands.attachments import add_attachment
from lianyi.referrals.commands.partners import PartnerFacts, add_partner, make_guest_link
from lianyi.referrals.commands.writing import Receiver
from lianyi.referrals.models import Attachment, ExternalPartner, GuestLink, Leg, Request
from lianyi.referrals.url_lists import partners, writing
from tests.cast import acting_as, affiliate
from tests.referrals.story import Story
from tests.referrals.test_attachments import note
from tests.referrals.test_new_referral import signed_in

MODEL_OF_PAGE = {
    **dict.fromkeys(("onward", "new-version", "guest-link", "paper", "slip"), Leg),
    **dict.fromkeys(("draft", "draft-destinations", "attachment-add"), Request),
    **dict.fromkeys(("attachment", "attachment-void"), Attachment),
    **dict.fromkeys(("partner-change", "partner-retire"), ExternalPartner),
    "guest-link-revoke": GuestLink,
    "receiver-remove": Leg,
}
# Opened by the cookie of a link, not by an address; see test_partners.py.
WITHOUT_OBJECT = {"guest-answer"}
SECRETS = ("样例病人", "样例外院", "山县人民医院", "甲市第一医院", "J26-")


@pytest.fixture
def rows(story: Story) -> dict[type, int]:
    facts = PartnerFacts(name="样例外院")
    partner = add_partner(acting_as(story.doctor_shan), story.scene.shan.pk, facts)
    leg = story.sent(receivers=[Receiver(external_partner_id=partner.pk)])
    kept = add_attachment(acting_as(story.doctor_shan), leg.request_id, note())
    link = make_guest_link(acting_as(story.doctor_shan), leg.pk, "s" * 43, "样例")
    return {Leg: leg.pk, Request: leg.request_id, Attachment: kept.pk, ExternalPartner: partner.pk, GuestLink: link.pk}


def test_every_page_that_names_an_object_is_walked() -> None:
    naming = {each.name for each in (*writing.patterns, *partners.patterns) if each.pattern.regex.groups}
    assert naming == set(MODEL_OF_PAGE) | WITHOUT_OBJECT


@pytest.mark.parametrize("role", ["referring_clinician", "referral_coordinator", "duty_clinician", "lead_office"])
def test_no_page_opens_for_the_same_role_elsewhere(story: Story, rows: dict[type, int], role: str) -> None:
    affiliate(f"out-{role}", story.scene.lin.pk, role)
    client = signed_in(f"out-{role}")
    opened = []
    for name, model in MODEL_OF_PAGE.items():
        address = reverse(f"referrals:{name}", args=[rows[model]])
        for ask in (client.get, client.post):
            response = ask(address, {"command_key": f"{role}-{name}"})
            told = [word for word in SECRETS if word in response.content.decode(errors="ignore")]
            if response.status_code not in (403, 404, 405) or told:
                opened.append((name, response.status_code, told))
    assert opened == []


def test_the_same_pages_open_for_the_sender(story: Story, rows: dict[type, int]) -> None:
    client = signed_in("doctor-shan")
    opened = {
        name
        for name, model in MODEL_OF_PAGE.items()
        if client.get(reverse(f"referrals:{name}", args=[rows[model]])).status_code in (200, 302)
    }
    posted_only = {"draft-destinations", "attachment-void", "partner-retire", "guest-link-revoke", "receiver-remove"}
    assert set(MODEL_OF_PAGE) - opened == posted_only
