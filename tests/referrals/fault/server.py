"""A process that takes the commands of the referral machine over a socket, to be killed: one thread for each client.

A line of JSON asks, a line of JSON answers; the answer is written when the command is committed, never before. With
``make`` as its argument the program fills an empty database with the cast instead.
"""

from __future__ import annotations

# ruff: noqa: E402 - models exist only after setup
import json
import os
import socketserver
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
import django

django.setup()

from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from lianyi.accounts.actors import Actor, actor_of, service_actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import Affiliation
from lianyi.errors import LianyiError
from lianyi.partnerships.models import Agreement
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.writing import NewReferral, draft_referral
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.models import Leg
from lianyi.referrals.walking import take_step
from lianyi.registry.models import Institution
from tests.referrals.fault import states_of_rows

_ACTORS: dict[str, Actor] = {}


def actor(username: str) -> Actor:
    if username not in _ACTORS:
        if username == "service":
            _ACTORS[username] = service_actor()
        else:
            found = actor_of(Affiliation.objects.select_related("user", "node").get(user__username=username))
            assert found is not None
            _ACTORS[username] = found
    return _ACTORS[username]


def shown(leg: Leg) -> dict[str, object]:
    return {"leg": leg.pk, "version": leg.version, "state": leg.state}


def draft(asked: dict[str, object]) -> dict[str, object]:
    ids = dict(Institution.objects.values_list("code", "pk"))
    receivers = [Receiver(institution_id=ids[code]) for code in asked["receivers"]]
    new = NewReferral(
        from_institution_id=ids["SHAN"],
        direction="up",
        urgency="routine",
        reason="needs_tests",
        problem_code="I20",
        patient=PatientFacts(name=f"样例病人{asked['key']}", sex="female", id_number=f"TEST-{asked['key']}"),
        receivers=receivers,
        agreement_id=Agreement.objects.get().pk,
        has_consent=True,
        override_code="only_able",
        is_broadcast=len(receivers) > 1,
        values=states_of_rows.complete_form(),
    )
    row = draft_referral(CommandContext(actor("doctor-shan"), str(asked["key"])), new)
    return {"legs": [shown(leg) for leg in row.legs.order_by("number")]}


def step(asked: dict[str, object]) -> dict[str, object]:
    said = dict(asked.get("said") or {})
    if said.pop("expects", False):
        said["expected_at"] = timezone.now() + timezone.timedelta(hours=5)
    context = CommandContext(actor(str(asked["actor"])), str(asked["key"]))
    leg = take_step(context, int(str(asked["leg"])), str(asked["name"]), StepFacts(**said), asked.get("version"))
    return shown(leg)


def check(asked: dict[str, object]) -> dict[str, object]:
    return {"problems": states_of_rows.problems(dict(asked["acknowledged"]))}


DOES = {"draft": draft, "step": step, "check": check, "count": lambda _asked: states_of_rows.counts()}


class Handler(socketserver.StreamRequestHandler):
    """One client, until it goes away."""

    def handle(self) -> None:
        try:
            for line in self.rfile:
                asked = json.loads(line)
                try:
                    answer = DOES[asked["do"]](asked)
                except LianyiError as refusal:
                    answer = {
                        "refused": refusal.code,
                        "reason": str(refusal.params.get("reason", "")),
                        "said": str(refusal),
                    }
                self.wfile.write(json.dumps(answer).encode() + b"\n")
                self.wfile.flush()
        except (ConnectionError, BrokenPipeError):
            return
        finally:
            connections.close_all()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


def make() -> None:
    """Fill an empty database with the cast of the tests."""
    from tests.cast import build_scene  # noqa: PLC0415 - only this branch needs it
    from tests.referrals.story import tell  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    tell(build_scene())


def main() -> None:
    if sys.argv[1:] == ["make"]:
        make()
        return
    with Server(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)  # noqa: T201 - tells the test where to ask
        server.serve_forever()


if __name__ == "__main__":
    main()
