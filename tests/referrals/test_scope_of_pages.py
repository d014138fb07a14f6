"""For every page of the referrals and every object: somebody of another hospital with the same role gets nothing.

The pages are taken from the site's own addresses, so one that is added without a thought for scope fails here: a page
that names an object says below which object it is. The last part asks the same of a hospital that has not said yes: it
sees the case, and on none of the pages, papers, parts and exports who the patient is.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import DjangoDbBlocker

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import ReadEvent
from lianyi.referrals.machine import BY_NAME, WorkList
from lianyi.referrals.models import Leg, Request
from tests.cast import actor_for, build_scene, make_department
from tests.dispatch.page_parts import client_of
from tests.referrals.one_of_everything import WORDS_BEFORE_ACCEPTANCE, Everything, build_everything
from tests.referrals.story import tell
from tests.test_scope_of_pages import addresses

# The roles that an outsider may have: every one that reads referrals, counts them, or looks after the site.
ROLES = (
    *("village_clinician", "referring_clinician", "duty_clinician", "referral_coordinator", "department_head"),
    *("lead_office", "supported_office", "administrator", "privacy_steward", "commission_viewer"),
)
REFUSED = (403, 404, 405)

Of = Callable[[Everything], dict[str, object]]


def of(row: str, **more: object) -> Of:
    return lambda made: {"pk": made.pk(row), **more}


# Which object each page names.
OBJECT_OF_PAGE: dict[str, Of] = {
    **dict.fromkeys(("case", "case-open", "message", "milestone", "onward", "new-version", "slip"), of("leg")),
    "identity-correct": of("leg"),
    "result-record": of("leg"),
    **dict.fromkeys(("paper", "stage-begin"), of("leg")),
    "exception": of("asked"),
    "step": of("leg", name="record_outcome"),
    "event-confirm": lambda made: {"pk": made.pk("leg"), "event": made.pk("spoken")},
    "proposal-answer": lambda made: {"pk": made.pk("back"), "proposal": made.pk("proposal")},
    "conflict": of("conflict"),
    "follow-up": of("follow-up"),
    "stage-end": of("stage"),
    "route": lambda made: {"pk": made.rows["declined"].request_id},  # type: ignore[attr-defined]
    "request-approve": of("draft-leg"),
    "receiver-remove": of("draft-leg"),
    **dict.fromkeys(("draft", "draft-destinations"), of("draft")),
    "attachment-add": of("request"),
    **dict.fromkeys(("attachment", "attachment-void"), of("attachment")),
    **dict.fromkeys(("partner-change", "partner-retire"), of("partner")),
    "needs-answer": of("back"),
    "need-provide": of("need"),
    "guest-link": of("partner-leg"),
    "guest-link-revoke": of("guest-link"),
    **dict.fromkeys(("consultation", "consultation-opinion-pdf", "consultation-convert"), of("consultation")),
    "consultation-change": of("consultation-draft"),
    "consultation-step": of("consultation-draft", name="withdraw"),
    **dict.fromkeys(("roster", "roster-change", "roster-fill", "roster-copy", "roster-publish"), of("roster")),
    "roster-withdraw": of("roster"),
    **dict.fromkeys(("duty-replace", "duty-take-back"), of("slot")),
    "notice": of("notice"),
    "delivery-replay": of("delivery"),
    "webhook-retire": of("webhook"),
    "offline-device-revoke": of("device"),
    "terms": of("agreement"),
    "duty-evidence": lambda made: {"pk": made.pk("promise"), "first_day": made.first_day},
}
# What else stands in an address: it opens as a list does, and is walked with the lists.
NAMES_NO_OBJECT: dict[str, Sequence[dict[str, str]]] = {
    "list": [{"name": each.value} for each in WorkList],
    "statistics-rows": [
        {"figure": each} for each in ("acceptance", "sent-up", "sent-back", "bounced", "reason-no_bed")
    ],
    "consultations-counted": [{"figure": each} for each in ("asked", "in-time")],
    # Opened by the cookie of a link: see test_partners.py.
    "guest-answer": [{"step": each} for each in ("accept", "decline", "arrive")],
}
ADDRESSES = sorted({(name, bool(given)) for space, name, given in addresses() if space == "referrals"})
NAMING = [name for name, has_arguments in ADDRESSES if has_arguments]
LISTS = [name for name, has_arguments in ADDRESSES if not has_arguments]
# Where somebody chooses a receiver, the houses of the public register stand; what they do for whom does not.
CHOOSING = ("new", "new-parts", "destinations", "live-warning")
HOUSES = ("甲市第一医院", "山县人民医院")
# Sent with every form: what a person without a part might try.
TYPED = {"expected_version": "1", "reason": "x", "text": "x", "how": "x", "name": "x", "contact": "x"}


@dataclass
class Outside:
    """Everything, and a browser of every role at the hospital that has no part in it."""

    made: Everything
    browsers: dict[str, Client]


@pytest.fixture(scope="module")
def outside_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Outside]:
    """Write everything once for all tests of this module, inside a transaction that is never kept."""
    with django_db_blocker.unblock(), transaction.atomic():
        story = tell(build_scene())
        made = build_everything(story)
        lin = story.scene.lin
        elsewhere = make_department(lin, "IM", "邻县内科", "03")
        people = {role: _person("out", role, lin.pk, elsewhere.pk) for role in ROLES}
        yield Outside(made, {role: client_of(actor) for role, actor in people.items()})
        transaction.set_rollback(True)


@pytest.fixture
def outside(outside_once: Outside, db: None) -> Outside:
    cache.clear()
    return outside_once


@pytest.fixture
def made(outside: Outside) -> Everything:
    return outside.made


def _person(prefix: str, role: str, institution_id: int, department_id: int) -> Actor:
    own = department_id if role == "department_head" else None
    return actor_for(f"{prefix}-{role}", institution_id, role, own)


def address_of(name: str, made: Everything) -> str:
    return reverse(f"referrals:{name}", kwargs=OBJECT_OF_PAGE[name](made))


def list_addresses() -> Iterator[str]:
    for name in LISTS:
        yield reverse(f"referrals:{name}")
    for name, given in NAMES_NO_OBJECT.items():
        for each in given:
            yield reverse(f"referrals:{name}", kwargs=each)


def whole_list(client: Client, address: str) -> Iterator[HttpResponseBase]:
    """Ask for a list in all ways in which it is told: the page, its part that is drawn again, the two exports."""
    page = client.get(address)
    yield page
    if page.status_code == 200 and b"export=" in page.content:
        yield client.get(address, {"export": "csv"})
        yield client.get(address, {"export": "xlsx"})
        yield client.get(address, headers={"HX-Request": "true"})
    if address == reverse("referrals:wall"):
        yield client.get(address, headers={"HX-Request": "true", "HX-Target": "wall"})


def text_of(response: HttpResponseBase) -> str:
    """Return everything that can be read in an answer: a page, a table, the cells of a workbook, the words of a PDF."""
    content = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined, arg-type]
    told = f"{response.headers}\n"
    if content.startswith(b"%PDF"):
        # The letters of a PDF stand with gaps between them, which would hide a word.
        return told + "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return told + "".join(book.read(each).decode(errors="ignore") for each in book.namelist())
    return told + content.decode(errors="ignore")


def words_in(response: HttpResponseBase, words: Iterable[str]) -> list[str]:
    text = text_of(response)
    return [word for word in words if word in text]


def everything_kept() -> dict[str, str]:
    """Return a digest of each table; a reading that is noted is no change."""
    kept = {}
    for model in apps.get_models():
        if model.__module__.startswith("lianyi.") and model is not ReadEvent:
            rows = list(model._default_manager.order_by("pk").values_list())
            kept[model.__name__] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return kept


def test_every_page_that_names_an_object_says_here_which() -> None:
    said = set(OBJECT_OF_PAGE) | set(NAMES_NO_OBJECT)
    assert sorted(set(NAMING) - said) == []
    assert sorted(said - set(NAMING)) == []


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_an_object_opens_for_the_same_role_elsewhere(outside: Outside, role: str) -> None:
    client, secrets = outside.browsers[role], outside.made.secrets
    before, opened = everything_kept(), []
    for name in OBJECT_OF_PAGE:
        address = address_of(name, outside.made)
        for method, given in (("get", {}), ("post", {**TYPED, "command_key": f"{role}-{name}"})):
            response = getattr(client, method)(address, given)
            told = words_in(response, secrets)
            if response.status_code not in REFUSED or told:
                opened.append((name, method, response.status_code, told))
    assert opened == []
    assert everything_kept() == before


def test_no_step_of_the_table_opens_elsewhere(outside: Outside) -> None:
    made, before, opened = outside.made, everything_kept(), []
    for role in ("duty_clinician", "referral_coordinator"):
        for leg in ("leg", "asked", "draft-leg"):
            for step in BY_NAME:
                address = reverse("referrals:step", args=[made.pk(leg), step])
                response = outside.browsers[role].post(address, {**TYPED, "command_key": f"{role}-{leg}-{step}"})
                if response.status_code != 404 or words_in(response, made.secrets):
                    opened.append((role, leg, step, response.status_code))
    assert opened == []
    assert everything_kept() == before


@pytest.mark.parametrize("role", ROLES)
def test_no_list_form_part_or_export_tells_the_same_role_elsewhere_anything(outside: Outside, role: str) -> None:
    client, secrets = outside.browsers[role], outside.made.secrets
    before, told = everything_kept(), []
    choosing = {reverse(f"referrals:{name}") for name in CHOOSING}
    for address in list_addresses():
        hidden = [word for word in secrets if address not in choosing or word not in HOUSES]
        asked = [*whole_list(client, address)]
        if not address.endswith(".pdf"):
            asked.append(client.post(address, {**TYPED, "command_key": f"{role}-{address}"[:60]}))
        for response in asked:
            found = words_in(response, hidden)
            if found or response.status_code >= 500:
                told.append((address, response.status_code, found))
    assert told == []
    assert everything_kept() == before


@pytest.mark.parametrize("role", ROLES)
def test_no_object_named_in_a_form_or_a_query_opens_elsewhere(outside: Outside, role: str) -> None:
    """The parts of the page of writing name a case in what they send; a new consultation names a journey."""
    made, client, told = outside.made, outside.browsers[role], []
    leg = made.rows["leg"]
    assert isinstance(leg, Leg)
    named = {"earlier": leg.pk, "from_institution": leg.from_institution_id, "agreement": made.pk("agreement")}
    asked = [
        client.post(reverse(f"referrals:{name}"), {**named, "all_destinations": "1"})
        for name in ("new-parts", "new-meter", "destinations", "live-warning")
    ]
    asked.append(client.get(reverse("referrals:consultation-new"), {"journey": leg.request.journey_id}))
    asked.append(client.post(reverse("referrals:notices-seen"), {"newest": made.pk("notice"), "command_key": role}))
    for response in asked:
        found = words_in(response, made.secrets)
        if response.status_code not in REFUSED or found:
            told.append((response.request["PATH_INFO"], response.status_code, found))
    assert told == []


def test_the_same_pages_do_open_for_those_who_have_a_part(made: Everything) -> None:
    """Without this, the tests above would also pass on pages that never open for anybody."""
    story = made.story
    people = (story.doctor_shan, story.duty_jia, story.head_jia, story.duty_shan, story.coordinator)
    steward = actor_for("steward-shan", story.scene.shan.pk, "privacy_steward")
    insiders = [client_of(each) for each in (*people, steward, story.scene.office_jia, made.admin_jia)]
    closed = [name for name in OBJECT_OF_PAGE if not any(_opens(each, name, made) for each in insiders)]
    assert closed == []


def _opens(client: Client, name: str, made: Everything) -> bool:
    """Tell whether a page opens, or where it only takes a form, whether the form reaches its object."""
    address = address_of(name, made)
    with transaction.atomic():
        status = client.get(address).status_code
        if status == 405:
            response = client.post(address, {"command_key": f"in-{name}", "expected_version": "1"})
            status = response.status_code
        transaction.set_rollback(True)
    return status not in REFUSED


def test_the_lists_do_tell_those_who_have_a_part(made: Everything) -> None:
    """The words that are kept from outsiders are words that the insiders' own lists show."""
    shown: set[str] = set()
    for actor, names in (
        (made.story.doctor_shan, ("work", "waiting", "returns", "consultations", "partners", "follow-ups")),
        (made.story.duty_jia, ("work", "wall", "notices", "my-duties", "conflicts", "findings")),
        (made.admin_jia, ("webhooks", "dead-letters", "offline-devices")),
    ):
        for name in names:
            shown |= set(words_in(client_of(actor).get(reverse(f"referrals:{name}")), made.secrets))
    sent = Request.objects.exclude(sent_at=None).values_list("journey__number", flat=True)
    assert {*sent, "秘密", *HOUSES, "secret-hook"} <= shown


# The same, for a hospital that was asked and has not said yes (T1)

ASKED_ROLES = ("duty_clinician", "referring_clinician", "privacy_steward")
# Reads who the patient is on purpose: it opens the identity, with a reason and a note to both sides.
OPENS_BY_EXCEPTION = ("exception",)


def as_asked(made: Everything) -> Everything:
    """Return the rows as the pages name them, with those of the case and the consultation that are only asked."""
    leg = made.rows["asked"]
    assert isinstance(leg, Leg)
    asked = dict.fromkeys(("leg", "draft-leg", "declined", "back", "partner-leg"), leg)
    asks = dict.fromkeys(("consultation", "consultation-draft"), made.rows["consultation-asked"])
    cases = dict.fromkeys(("draft", "request"), leg.request)
    more = {**asked, **asks, **cases, "attachment": made.rows["asked-file"], "spoken": leg.events.latest("pk")}
    return Everything(made.story, {**made.rows, **more}, made.admin_jia, made.first_day)


@pytest.mark.parametrize("role", ASKED_ROLES)
def test_before_it_says_yes_a_hospital_reads_nowhere_who_the_patient_is(made: Everything, role: str) -> None:
    scene = made.story.scene
    client = client_of(_person("asked", role, scene.jia.pk, scene.emergency.pk))
    shown, told = as_asked(made), []
    asked: list[HttpResponseBase] = []
    for name in OBJECT_OF_PAGE:
        address = address_of(name, shown)
        asked.append(client.get(address))
        if name == "case":
            asked.append(client.get(address, headers={"HX-Request": "true", "HX-Target": "case"}))
        if name not in OPENS_BY_EXCEPTION:
            with transaction.atomic():
                asked.append(client.post(address, {**TYPED, "command_key": f"{role}-{name}"}))
                transaction.set_rollback(True)
    for address in list_addresses():
        asked += whole_list(client, address)
    for name in ("new-parts", "new-meter", "destinations"):
        asked.append(client.post(reverse(f"referrals:{name}"), {"earlier": shown.pk("leg")}))
    asked.append(client.get(reverse("referrals:consultation-new"), {"journey": shown.rows["request"].journey_id}))  # type: ignore[attr-defined]
    for response in asked:
        found = words_in(response, WORDS_BEFORE_ACCEPTANCE)
        if found or response.status_code >= 500:
            told.append((response.request["PATH_INFO"], response.status_code, found))  # type: ignore[attr-defined]
    assert told == []


def test_a_hospital_that_was_asked_has_neither_the_slip_nor_the_files(made: Everything) -> None:
    client, shown = client_of(made.story.duty_jia), as_asked(made)
    for name in ("slip", "attachment", "consultation-opinion-pdf"):
        assert client.get(address_of(name, shown)).status_code == 404, name
    assert client.post(address_of("attachment-void", shown), {"command_key": "void"}).status_code == 404
    assert client.get(address_of("case", shown)).status_code == 200


def test_a_device_of_the_hospital_that_was_asked_takes_no_identity_along(made: Everything) -> None:
    device = made.rows["device"]
    body = {"device": device.handle, "entries": []}  # type: ignore[attr-defined]
    client = client_of(made.story.duty_jia)
    answer = client.post(reverse("referrals:offline-sync"), body, content_type="application/json")
    assert made.pk("asked") in answer.json()["open"]
    assert words_in(answer, WORDS_BEFORE_ACCEPTANCE) == []


def test_when_it_has_said_yes_the_same_pages_say_who_the_patient_is(made: Everything) -> None:
    """Without this, the tests above would also pass with words that stand nowhere."""
    leg, story = made.rows["asked"], made.story
    assert isinstance(leg, Leg)
    story.step(leg, "accept", story.duty_jia, contact="样例联系人", capacity_confirmed=True)
    client, shown = client_of(story.duty_jia), as_asked(made)
    for name in ("case", "slip", "paper"):
        assert "秘密候诊" in text_of(client.get(address_of(name, shown))), name
    assert client.get(address_of("attachment", shown)).status_code == 200
