"""What the tests of the dispatch pages share: signing in, forms as a browser sends them, many postings at once."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import User
from lianyi.dispatch.models import Posting, PostingAbsence, PostingState
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from tests.cast import Scene, day, make_institution, make_staff


def client_of(actor: Actor) -> Client:
    """Return a browser in which the person behind an actor is signed in, reading English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(client: Client, name: str, *args: object, **query: Any) -> str:
    """Return the text of a page that must open."""
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.content.decode()[:2000]
    return response.content.decode()


def status_of(client: Client, name: Any, *args: Any) -> int:
    return client.get(reverse(name, args=args)).status_code


def send(client: Client, name: str, *args: object, key: Any = "", **fields: Any) -> Any:
    """Send a form with a fresh command key, or the given one to send it twice."""
    data = {"command_key": key or str(uuid.uuid4()), **fields}
    return client.post(reverse(name, args=args), data)


def queries_for(client: Client, name: str, *args: object, **query: Any) -> int:
    """Return how many queries a page costs."""
    with CaptureQueriesContext(connection) as captured:
        page_of(client, name, *args, **query)
    return len(captured)


def version_in(html: str) -> int:
    """Return the version that a form shows the record to have."""
    found = re.search(r'name="expected_version" value="(\d+)"', html)
    assert found is not None
    return int(found[1])


def words(html: str) -> str:
    """Return what a reader sees of a page, blanks joined."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def many_postings(scene: Scene, agreement: Agreement, number: int, *, sites: int = 3) -> list[Posting]:
    """Put many postings into the database at once, spread over institutions and months; no part of a workflow."""
    places = [make_institution(f"V{number}-{at}", f"样例村{at}", "village_clinic", scene.county) for at in range(sites)]
    template = make_staff(scene.jia, f"T{number}", "样例众")
    people = Staff.objects.bulk_create(
        Staff(
            institution=scene.jia,
            code=f"M{number}-{at}",
            name_zh=f"样例{at}",
            profession="doctor",
            title_rank="intermediate",
            specialty=template.specialty,
        )
        for at in range(number)
    )
    rows = []
    for at, person in enumerate(people):
        start = day("2024-01-01") + datetime.timedelta(days=at % 200)
        rows.append(
            Posting(
                agreement=agreement,
                code=f"M{number}-{at}",
                kind="team",
                state=PostingState.ENDED if at % 2 else PostingState.PLANNED,
                staff=person,
                from_institution=scene.jia,
                to_institution=places[at % sites],
                specialty=("20", "04.02", "03")[at % 3],
                starts_on=start,
                ends_on=start + datetime.timedelta(days=60),
                arrived_on=start if at % 2 else None,
                left_on=start + datetime.timedelta(days=50) if at % 2 else None,
            )
        )
    made = Posting.objects.bulk_create(rows)
    PostingAbsence.objects.bulk_create(
        PostingAbsence(posting=row, starts_on=row.starts_on, ends_on=row.starts_on, kind="training")
        for row in made[1::2]
    )
    return made
