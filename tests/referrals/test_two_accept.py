"""Two hospitals say yes to one patient at once, each in a process of its own: exactly one has the patient."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.referrals.fault.site import Client, site_of_its_own, until_it_answers

pytestmark = pytest.mark.database

ROUNDS, ROUNDS_OF_LONG = 6, 40
YES = {"contact": "样例", "capacity_confirmed": True}


def at_once(clients: list[Client], asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let every client ask at the same moment."""
    answers: list[dict[str, Any]] = [{} for _client in clients]
    barrier = threading.Barrier(len(clients))

    def ask(number: int) -> None:
        barrier.wait()
        answers[number] = clients[number].ask(**asked[number])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_exactly_one_of_two_processes_gets_the_patient(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert len(winners_of(ROUNDS, tmp_path, tmp_path_factory)) == ROUNDS


@pytest.mark.long
def test_exactly_one_of_two_processes_gets_the_patient_many_times(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert len(winners_of(ROUNDS_OF_LONG, tmp_path, tmp_path_factory)) == ROUNDS_OF_LONG


def winners_of(rounds: int, folder: Path, factory: pytest.TempPathFactory) -> list[int]:
    """Let both say yes at once again and again; return who had the patient each time."""
    with site_of_its_own(folder, factory) as site:
        clients = [until_it_answers(site.start()[1]) for _process in range(2)]
        winners = []
        acknowledged: dict[str, str] = {}
        for number in range(rounds):
            legs = clients[0].ask(do="draft", key=f"r{number}", receivers=["JIA1", "LIN"])["legs"]
            sent = [
                clients[0].ask(
                    do="step", key=f"r{number}-send{at}", actor="doctor-shan", name="send",
                    leg=leg["leg"], version=leg["version"],
                )
                for at, leg in enumerate(legs)
            ]  # fmt: skip
            asked = [
                {"do": "step", "key": f"r{number}-yes{at}", "actor": actor, "name": "accept", "said": YES,
                 "leg": leg["leg"], "version": leg["version"]}
                for at, (actor, leg) in enumerate(zip(("duty-jia", "duty-lin"), sent, strict=True))
            ]  # fmt: skip
            answers = at_once(clients, asked)
            won = [at for at, answer in enumerate(answers) if answer.get("state") == "accepted"]
            assert len(won) == 1, answers
            refusal = answers[1 - won[0]]
            # The winner's step told the other leg, so its version is no longer the one that was seen.
            assert refusal["refused"] == "stale-version", refusal
            assert "Somebody else acted on this case" in refusal["said"]
            acknowledged[f"r{number}-yes{won[0]}"] = "accept"
            winners.append(won[0])
        assert clients[0].ask(do="check", acknowledged=acknowledged) == {"problems": []}
        for client in clients:
            client.close()
    return winners
