from __future__ import annotations

import datetime
import re

from lianyi.accounts.models import AuditEvent
from tests.web.factories import signed_in

ENDED = "accounts.affiliation.end"


def sent_fields(page: str) -> dict[str, str]:
    """Return what the page's own form would send, without its protection against forgery."""
    form = page[page.index('<div class="table-region"') :]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def test_two_people_who_save_the_same_record_see_both_versions_and_lose_nothing(world):
    affiliation = world.doctor.affiliations.get()
    address = f"/accounts/affiliations/{affiliation.pk}/end/"
    client = signed_in("admin")
    seen = {"expected_version": affiliation.version}
    first = client.post(address, {**seen, "command_key": "first", "last_day": "2026-03-31"})
    assert first.status_code == 302
    second = client.post(address, {**seen, "command_key": "second", "last_day": "2026-02-28"})
    page = second.content.decode()
    assert second.status_code == 409
    row = re.search(r'<tr class="differs"><th scope="row">To.*?</th><td>(.*?)</td><td>(.*?)</td>', page)
    assert row is not None
    assert row.groups() == ("2026-03-31", "2026-02-28")
    fields = sent_fields(page)
    assert fields["last_day"] == "2026-02-28"
    assert fields["expected_version"] == "2"
    assert fields["command_key"] not in {"first", "second"}
    assert client.post(address, fields).status_code == 302
    affiliation.refresh_from_db()
    assert (affiliation.valid_to, affiliation.version) == (datetime.date(2026, 2, 28), 3)
    assert AuditEvent.objects.filter(action=ENDED).count() == 2


def test_keeping_the_other_version_leads_back_to_where_one_came_from(world):
    affiliation = world.doctor.affiliations.get()
    address = f"/accounts/affiliations/{affiliation.pk}/end/"
    data = {"expected_version": 9, "command_key": "late", "last_day": "2026-02-28"}
    client = signed_in("admin")
    page = client.post(address, data, headers={"Referer": f"http://testserver{address}"}).content.decode()
    assert f'href="{address}">Keep the other version' in page
    page = client.post(address, data, headers={"Referer": "http://elsewhere.example/"}).content.decode()
    assert 'href="/">Keep the other version' in page
    affiliation.refresh_from_db()
    assert affiliation.valid_to is None
