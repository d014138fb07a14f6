"""Pairing problems and preferences of any size, made from a seed."""

from __future__ import annotations

import numpy as np

from lianyi.methods.pairing.problem import Donor, Need, Pair, PairingProblem, Recipient, Strength
from lianyi.methods.pairing.stable import Preferences

_NEAREST = 8
_KM_IN_AN_HOUR = 70.0


def pairing_problem(donors, recipients, specialties, seed):
    """Places in a square; each recipient may be helped by the eight nearest donors, by two at most.

    Donors know some specialties and can send about as many people as are wanted in all, so that some are missing where
    donors are few. A donor may help four recipients, or more where there are many for each donor.
    """
    rng = np.random.default_rng(seed)
    side = 100.0 * np.sqrt(recipients)
    of_donor, of_recipient = rng.uniform(0, side, (donors, 2)), rng.uniform(0, side, (recipients, 2))
    names = [f"{number:02}.01" for number in range(1, specialties + 1)]
    wanted = rng.integers(0, 4, (recipients, specialties)) * (rng.random((recipients, specialties)) < 0.7)
    knows = rng.random((donors, specialties)) < 0.7
    share = wanted.sum(axis=0) / np.maximum(1, knows.sum(axis=0))
    people = np.maximum(1, rng.poisson(np.broadcast_to(share, knows.shape)))
    hours = np.hypot(*(of_recipient[:, None, :] - of_donor[None, :, :]).transpose(2, 0, 1)) / _KM_IN_AN_HOUR
    nearest = np.argsort(hours, axis=1)[:, :_NEAREST]
    most = max(4, round(2.5 * recipients / donors))
    return PairingProblem(
        donors=tuple(
            Donor(f"D{number}", int(0.9 * (people[number] * knows[number]).sum()), most, float(rng.integers(300, 3000)))
            for number in range(donors)
        ),
        recipients=tuple(Recipient(f"R{number}", 2, 0, 0.5) for number in range(recipients)),
        strengths=tuple(
            Strength(f"D{donor}", names[kind], int(people[donor, kind]), round(float(rng.uniform(0.4, 1.0)), 2))
            for donor, kind in np.argwhere(knows).tolist()
        ),
        needs=tuple(
            Need(
                f"R{place}/{names[kind]}", f"R{place}", names[kind], int(wanted[place, kind]), float(rng.integers(1, 4))
            )
            for place, kind in np.argwhere(wanted).tolist()
        ),
        pairs=tuple(
            Pair(f"D{donor}", f"R{place}", round(float(hours[place, donor]), 1), tie_years=float(rng.random() < 0.1))
            for place in range(recipients)
            for donor in nearest[place].tolist()
        ),
    )


def preferences(proposers, receivers, named, seed):
    """Each proposer names some receivers in an order, receivers rank who named them; three places for four."""
    rng = np.random.default_rng(seed)
    receiver = np.concatenate([rng.choice(receivers, named, replace=False) for _ in range(proposers)])
    return Preferences(
        proposer=np.repeat(np.arange(proposers), named),
        receiver=receiver,
        proposer_rank=np.tile(np.arange(1.0, named + 1), proposers),
        receiver_rank=rng.integers(1, 20, receiver.size).astype(float),
        proposer_capacity=np.ones(proposers, np.int64),
        receiver_capacity=np.full(receivers, max(1, round(0.75 * proposers / receivers))),
    )
