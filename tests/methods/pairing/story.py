"""The small problem that the tests tell of: Sanjia and Renji may help Ceheng and Wangmo."""

from __future__ import annotations

from dataclasses import replace

from lianyi.methods.pairing.problem import Donor, Need, Pair, PairingProblem, Recipient, Strength

CARDIOLOGY, SURGERY, NEUROSURGERY = "03.04", "04.01", "04.03"


def need(name, recipient="Ceheng", specialty=CARDIOLOGY, people=1, **more):
    return Need(name, recipient, specialty, people, **more)


def problem(needs, **more):
    """Both know hearts and knives without limit; from three and five hours away."""
    made = PairingProblem(
        donors=(Donor("Sanjia"), Donor("Renji")),
        recipients=(Recipient("Ceheng"), Recipient("Wangmo")),
        strengths=tuple(Strength(donor, kind) for donor in ("Sanjia", "Renji") for kind in (CARDIOLOGY, SURGERY)),
        needs=tuple(needs),
        pairs=(
            Pair("Sanjia", "Ceheng", 3.0),
            Pair("Sanjia", "Wangmo", 4.0),
            Pair("Renji", "Ceheng", 5.0),
            Pair("Renji", "Wangmo", 5.0),
        ),
    )
    return replace(made, **more)


def with_pair(held, donor, recipient, **more):
    """Return the problem with one of its pairs changed."""
    pairs = tuple(replace(pair, **more) if pair.key == (donor, recipient) else pair for pair in held.pairs)
    return replace(held, pairs=pairs)
