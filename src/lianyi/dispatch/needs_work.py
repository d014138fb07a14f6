"""Needs that the work and the readiness of institutions show: staff missing by WISN, services that are not ready."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from lianyi.accounts.access import decide, scoped
from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import NeedOrigin
from lianyi.partnerships.need_sources import Found, NeedSource, ProposedNeed, register_need_source
from lianyi.registry.models import YearlyWorkload
from lianyi.rules import ReadinessThresholds
from lianyi.survey.models import ReadinessItem
from lianyi.survey.readiness import Assessment, ReadinessStanding, people_wanted
from lianyi.survey.readiness_queries import latest_assessments
from lianyi.survey.readiness_sheets import domain_name, service_name
from lianyi.survey.rulebook import thresholds_on
from lianyi.survey.staffing import Staffing
from lianyi.survey.staffing_queries import latest_staffing

LONGEST_WORDS = 400
ITEMS_NAMED = 4
_WHOLE = 100


def register() -> None:
    """Propose needs; once, when the application starts."""
    register_need_source(NeedSource(NeedOrigin.WISN_GAP, workload_gaps, "survey:staffing", _reads_the_survey))
    register_need_source(NeedSource(NeedOrigin.READINESS_GAP, readiness_gaps, "survey:readiness", _reads_the_survey))


def _reads_the_survey(actor: Actor) -> bool:
    return decide(actor, "registry.read").allowed


def workload_gaps(actor: Actor) -> Found:
    """Propose the people whom the work requires beside those who are there, by the last year of each cadre."""
    found = latest_staffing(actor)
    if not found:
        return Found(why_nothing=_why_no_calculation(actor))
    unknown = sum(each.found is None for each in found)
    text = ngettext(
        "For %(cadres)s cadre on record it cannot be told how many staff the work requires; its page says why.",
        "For %(cadres)s cadres on record it cannot be told how many staff the work requires; their pages say why.",
        unknown,
    )
    short = tuple(_of_work(each) for each in found if each.missing)
    return Found(short, text % {"cadres": unknown} if unknown else "")


def _why_no_calculation(actor: Actor) -> str | Promise:
    kept = scoped(actor, YearlyWorkload.objects.all()).aggregate(sites=Count("institution_id", distinct=True))["sites"]
    if not kept:
        return _("No work of a cadre and no yearly workload is on record within your reach.")
    text = ngettext(
        "Yearly workload is on record for %(sites)s institution, but neither the minutes that each visit, admission or "
        "operation takes nor the working time of a year. Import the tables of WISN to tell how many staff it requires.",
        "Yearly workload is on record for %(sites)s institutions, but neither the minutes that each visit, admission "
        "or operation takes nor the working time of a year. Import the tables of WISN to tell how many staff it "
        "requires.",
        kept,
    )
    return text % {"sites": kept}


def _of_work(each: Staffing) -> ProposedNeed:
    row = each.workload
    facts = {
        "year": row.year,
        "cadre": row.cadre,
        "missing": each.missing,
        "required": f"{each.required or 0:.2f}",
        "rounded": each.rounded,
        "existing": f"{row.existing_staff.normalize():f}",
        "ratio": f"{each.ratio or 0:.2f}",
    }
    zh = (
        "{year}年{cadre}缺{missing}人：按工作量（WISN）应有{required}人（取整{rounded}人），现有{existing}人，"
        "比值{ratio}"
    )
    en = (
        "{cadre}, {year}: {missing} missing; the work requires {required} ({rounded} in whole persons) by WISN, "
        "{existing} there, ratio {ratio}"
    )
    return ProposedNeed(
        key=f"wisn:{row.institution_id}:{row.department_id or ''}:{row.cadre}",
        place=row.institution.place,
        institution=row.institution,
        department=row.department,
        specialty=row.specialty,
        profession=row.profession,
        figure=each.missing,
        people=each.missing,
        words_zh=zh.format(**facts)[:LONGEST_WORDS],
        words_en=en.format(**facts)[:LONGEST_WORDS],
        counted_on=datetime.date(row.year, 12, 31),
        is_sample=row.is_sample,
    )


def readiness_gaps(actor: Actor) -> Found:
    """Propose people where items of staff, guidelines or training are missing, or a service is below its threshold."""
    found = latest_assessments(actor)
    if not found:
        return Found(why_nothing=_("No assessment of readiness is on record within your reach."))
    thresholds = thresholds_on(timezone.localdate())
    return Found(tuple(need for each in found for need in _of_readiness(each, thresholds)))


def _of_readiness(found: Assessment, thresholds: ReadinessThresholds) -> Iterable[ProposedNeed]:
    """How many people would make a service ready no assessment tells, so the number stays unknown."""
    for (profession, specialty), items in people_wanted(found, thresholds).items():
        words = _Words(found, thresholds, items)
        yield ProposedNeed(
            key=f"ready:{found.institution.pk}:{found.service}:{profession}:{specialty}",
            place=found.institution.place,
            institution=found.institution,
            specialty=specialty,
            profession=profession,
            figure=0 if found.share is None else round((1 - found.share) * _WHOLE),
            people=None,
            words_zh=words.zh()[:LONGEST_WORDS],
            words_en=words.en()[:LONGEST_WORDS],
            counted_on=found.assessed_on,
            is_sample=found.is_sample,
        )


@dataclass(frozen=True, slots=True)
class _Words:
    """Why people are proposed for a service, in both languages."""

    found: Assessment
    thresholds: ReadinessThresholds
    items: Sequence[ReadinessItem]

    def zh(self) -> str:
        with override("zh-hans"):
            parts = [f"{service_name(self.found.service)}，{self.found.assessed_on}评估：准备度{self._share('不详')}"]
            if self.found.standing is ReadinessStanding.BELOW:
                parts.append(f"低于下限{self._least()}")
            parts.append(f"{'缺' if self.items else '不具备的有'}{self._named('、', '等{count}项')}")
        return "，".join(parts)

    def en(self) -> str:
        with override("en"):
            parts = [
                f"{service_name(self.found.service)}, assessed on {self.found.assessed_on}",
                f"{self._share('share unknown')} ready",
            ]
            if self.found.standing is ReadinessStanding.BELOW:
                parts.append(f"below the threshold of {self._least()}")
            parts.append(f"not there: {self._named(', ', ' and others, {count} in all')}")
        return ", ".join(parts)

    def _share(self, unknown: str) -> str:
        return unknown if self.found.share is None else f"{self.found.share:.0%}"

    def _least(self) -> str:
        return f"{self.found.least or 0:.0%}"

    def _named(self, between: str, more: str) -> str:
        """Name a few items, or where none asks for people how many are missing of each domain."""
        if not self.items:
            counts = dict.fromkeys(dict.fromkeys(each.domain for each in self.found.missing), 0)
            for each in self.found.missing:
                counts[each.domain] += 1
            return between.join(f"{domain_name(domain)} {count}" for domain, count in counts.items())
        names = between.join(each.item for each in self.items[:ITEMS_NAMED])
        return names if len(self.items) <= ITEMS_NAMED else names + more.format(count=len(self.items))
