"""What every kept record has in common: a version, times, and where a fact comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.errors import StaleVersionError


class Provenance(models.TextChoices):
    """Where a fact comes from. Sample facts are marked as such wherever they are shown."""

    RECORDED = "recorded", _("recorded")
    REPORTED = "reported", _("reported")
    SAMPLE = "sample", _("sample")


class VersionedRecord(models.Model):
    """A row that two people may edit: a save names the version it started from."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True


class ProvenancedRecord(VersionedRecord):
    """A versioned row that says whether it was recorded in the work, reported in a text, or is sample data."""

    provenance = models.CharField(
        _("provenance"), max_length=8, choices=Provenance.choices, default=Provenance.RECORDED
    )

    class Meta:
        abstract = True

    @property
    def is_sample(self) -> bool:
        return self.provenance == Provenance.SAMPLE


class TakenStep(models.Model):
    """One step that somebody took with a record, or a change of what it holds; rows are only ever added.

    Which record, and from which state to which, each kind says itself.
    """

    step = models.CharField(_("step"), max_length=24)
    recorded_at = models.DateTimeField(_("recorded at"))
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    acting_role = models.CharField(_("acting role"), max_length=24, blank=True)
    reason = models.TextField(_("reason in words"), blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    class Meta:
        abstract = True


Record = TypeVar("Record", bound=VersionedRecord)


def save_changes(row: Record, changes: Mapping[str, object], expected_version: int | None) -> Record:
    """Write ``changes`` if the row still has the expected version, and return it fresh.

    The check and the write are one statement, so two people who save at the same moment cannot both win.

    Raises
    ------
    StaleVersionError
        With the row as it is now and what the asker wanted, so that a page can show both.
    """
    manager = type(row)._default_manager
    expected = row.version if expected_version is None else expected_version
    written = manager.filter(pk=row.pk, version=expected).update(
        **changes, version=expected + 1, updated_at=timezone.now()
    )
    if written == 0:
        current = manager.get(pk=row.pk)
        raise StaleVersionError(
            f"This record was saved by somebody else in the meantime (you had version {expected}, "
            f"now it is version {current.version}). Compare both versions and save again.",
            current=current,
            wanted=dict(changes),
            expected_version=expected,
        )
    row.refresh_from_db()
    return row
