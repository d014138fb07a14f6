"""The figures of consultations: how many were asked and answered, in which time, and what became of the opinions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from lianyi.methods.durations import DurationSummary, duration_summary
from lianyi.methods.proportions import Share
from lianyi.referrals import consultation_figure_queries as rows_of
from lianyi.referrals.consultation_figure_queries import AnswerEnd, Counting
from lianyi.referrals.models import Consultation
from lianyi.referrals.states import Urgency

ASKED, ANSWERED, IN_TIME, FOLLOWED = "asked", "answered", "in-time", "followed"
_SAID = (AnswerEnd.ACCEPTED, AnswerEnd.DECLINED)
# Only these say that the expert side had its turn: what was taken back is counted nowhere.
_JUDGED = (*_SAID, AnswerEnd.SILENT)
WORDS: Mapping[str, object] = {
    ASKED: _("Consultations asked"),
    "accepted": _("Accepted, of all whose wait ended"),
    ANSWERED: _("Answered with yes or no"),
    IN_TIME: _("Answered in time"),
    **{f"{IN_TIME}-{each.value}": _("Answered in time") for each in Urgency},
    "signed": _("Opinions signed"),
    FOLLOWED: _("Opinions followed, wholly or in part"),
}


@dataclass(frozen=True, slots=True)
class ConsultationFigure:
    """So many consultations of so many, with the consultations themselves."""

    key: str
    numerator: tuple[int, ...]
    denominator: tuple[int, ...]

    @property
    def share(self) -> Share:
        return Share(len(self.numerator), len(self.denominator))

    @property
    def urgency(self) -> str:
        return self.key.removeprefix(f"{IN_TIME}-") if self.key.startswith(f"{IN_TIME}-") else ""


@dataclass(frozen=True, slots=True)
class ConsultationFigures:
    """Everything that is counted of consultations.

    ``answer_minutes`` is from the asking to the yes or no, ``opinion_minutes`` from the asking to the signature; both
    are net of the pauses in which the asking side had to answer a question.
    """

    asked: tuple[int, ...]
    signed: tuple[int, ...]
    shares: tuple[ConsultationFigure, ...]
    answer_minutes: DurationSummary
    opinion_minutes: DurationSummary

    def rows_behind(self, key: str) -> tuple[int, ...] | None:
        """Return the consultations of a figure, those of its denominator; None for a figure that nobody counts."""
        if key in (ASKED, "signed"):
            return self.asked if key == ASKED else self.signed
        return next((each.denominator for each in self.shares if each.key == key), None)


def figures_of(counting: Counting) -> ConsultationFigures:
    """Count a selection. Nothing that was not observed counts as zero: a share of nothing has no value."""
    judged = [each for each in rows_of.waited(counting) if each.end in _JUDGED]
    signed = rows_of.signed(counting)
    closed = rows_of.closed(counting)
    timed = [each for each in judged if each.due_at is not None]
    shares = [
        _figure("accepted", judged, [each for each in judged if each.end == AnswerEnd.ACCEPTED]),
        _figure(ANSWERED, judged, [each for each in judged if each.end in _SAID]),
        _figure(IN_TIME, timed, [each for each in timed if each.is_in_time]),
    ]
    for urgency in Urgency.values:
        part = [each for each in timed if each.urgency == urgency]
        shares.append(_figure(f"{IN_TIME}-{urgency}", part, [each for each in part if each.is_in_time]))
    kept = [each for each in closed if each.followed in (Consultation.Followed.YES, Consultation.Followed.PARTLY)]
    shares.append(_figure(FOLLOWED, closed, kept))
    return ConsultationFigures(
        asked=tuple(rows_of.asked(counting)),
        signed=tuple(each.consultation_id for each in signed),
        shares=tuple(shares),
        answer_minutes=duration_summary(each.net_minutes for each in judged if each.is_timed),
        opinion_minutes=duration_summary(each.net_minutes for each in signed if each.asked_at is not None),
    )


Counted = rows_of.Waited | rows_of.Closed


def _figure(key: str, whole: Iterable[Counted], part: Iterable[Counted]) -> ConsultationFigure:
    return ConsultationFigure(
        key, tuple(each.consultation_id for each in part), tuple(each.consultation_id for each in whole)
    )
