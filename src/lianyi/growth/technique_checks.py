"""The preconditions of a technique beside the registry, and what was attested in its place."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q

from lianyi.dispatch.stays import rank_of
from lianyi.growth.models import DepartmentTechnique, PreconditionAttestation
from lianyi.growth.technique_catalogue import preconditions_of
from lianyi.methods.technique_preconditions import (
    OnRecord,
    Person,
    Precondition,
    PreconditionState,
    Verdict,
    check,
)
from lianyi.registry.models import Equipment, ServiceOffered, Staff


@dataclass(frozen=True, slots=True)
class Checked:
    """One precondition, what the registry says of it, and who attested it where the registry says nothing."""

    need: Precondition
    verdict: Verdict
    attestation: PreconditionAttestation | None

    @property
    def is_open(self) -> bool:
        """Whether the technique cannot begin on it: not met, or not on record and not attested."""
        if self.verdict.state is PreconditionState.NOT_ON_RECORD:
            return self.attestation is None
        return self.verdict.state is PreconditionState.NOT_MET

    @property
    def may_be_attested(self) -> bool:
        return self.verdict.state is PreconditionState.NOT_ON_RECORD and self.attestation is None


def on_record(institution_id: int, today: datetime.date) -> OnRecord:
    """Return what the registry knows of an institution today."""
    employed = Q(employed_to__isnull=True) | Q(employed_to__gte=today)
    people = Staff.objects.filter(employed, institution_id=institution_id).order_by("pk")
    equipment = Equipment.objects.filter(institution_id=institution_id)
    services = ServiceOffered.objects.filter(institution_id=institution_id)
    return OnRecord(
        tuple(
            Person(profession, specialty, rank_of(rank))
            for profession, specialty, rank in people.values_list("profession", "specialty", "title_rank")
        ),
        {row.equipment_kind: row.units if row.units_working is None else row.units_working for row in equipment},
        {row.service: _is_given(row, today) for row in services},
    )


def _is_given(row: ServiceOffered, today: datetime.date) -> bool:
    has_begun = row.since is None or row.since <= today
    return has_begun and (row.until is None or today <= row.until)


def checked_preconditions(row: DepartmentTechnique, today: datetime.date) -> list[Checked]:
    """Return every precondition of a technique with its verdict."""
    needs = preconditions_of(row)
    verdicts = check(needs, on_record(row.institution_id, today))
    attested = {each.precondition: each for each in row.attestations.select_related("attested_by")}
    return [Checked(need, verdict, attested.get(need.key)) for need, verdict in zip(needs, verdicts, strict=True)]
