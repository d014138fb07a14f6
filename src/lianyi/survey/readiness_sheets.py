"""The tables of readiness: the last assessments of a region, and all of one institution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianyi.pages.names import name_of
from lianyi.registry.reference_names import reference_name
from lianyi.survey.models import ReadinessItem
from lianyi.survey.readiness import GENERAL, Assessment, ReadinessStanding
from lianyi.survey.sheets import Cell, Heading, Sheet, number, share, word

STANDING_WORDS: Mapping[ReadinessStanding, Promise] = {
    ReadinessStanding.READY: gettext_lazy("threshold met"),
    ReadinessStanding.BELOW: gettext_lazy("below the threshold"),
    ReadinessStanding.NO_THRESHOLD: gettext_lazy("no threshold"),
    ReadinessStanding.UNKNOWN: gettext_lazy("not known"),
}
STANDING_TONES: Mapping[ReadinessStanding, str] = {
    ReadinessStanding.READY: "good",
    ReadinessStanding.BELOW: "bad",
    ReadinessStanding.NO_THRESHOLD: "neutral",
    ReadinessStanding.UNKNOWN: "neutral",
}
_ITEM_WORDS: Mapping[bool | None, tuple[Promise, str]] = {
    True: (gettext_lazy("there"), "good"),
    False: (gettext_lazy("not there"), "bad"),
    None: (gettext_lazy("not assessed"), "neutral"),
}
_LEAST_READY_FIRST = (
    ReadinessStanding.BELOW,
    ReadinessStanding.NO_THRESHOLD,
    ReadinessStanding.READY,
    ReadinessStanding.UNKNOWN,
)


def service_name(service: str) -> str:
    return _("General readiness") if service == GENERAL else reference_name("services", service)


def domain_name(domain: str) -> str:
    return reference_name("readiness_domains", domain) if domain else _("no domain given")


def _headings() -> list[Heading]:
    return [
        Heading(_("Service"), is_number=False),
        Heading(_("Assessed on"), is_number=False),
        Heading(_("Readiness")),
        Heading(_("Least")),
        Heading(_("Items there")),
        Heading(_("Standing"), is_number=False),
    ]


def region_sheet(found: Sequence[Assessment]) -> Sheet:
    """Return the last assessment of each service of each institution, the least ready first."""
    ranked = sorted(found, key=lambda each: (_LEAST_READY_FIRST.index(each.standing), each.share or 0.0))
    rows = [
        [
            word(name_of(each.institution), reverse("survey:readiness-of", args=[each.institution.pk])),
            *_result_cells(each),
        ]
        for each in ranked
    ]
    headings = [Heading(_("Institution"), is_number=False), *_headings()]
    return Sheet("readiness", _("Last assessments"), headings, rows, _note())


def _note() -> str:
    return _(
        "The readiness of a service is items there and functioning over items assessed. General readiness is the mean "
        "of its domains; where one of them was not assessed it is not known."
    )


def _result_cells(each: Assessment) -> list[Cell]:
    return [
        word(service_name(each.service)),
        word(each.assessed_on.isoformat()),
        share(each.share),
        share(each.least, 0),
        number(each.present, note=_("of %(items)s") % {"items": each.assessed}),
        word(str(STANDING_WORDS[each.standing]), tone=STANDING_TONES[each.standing]),
    ]


def services_sheet(latest: Sequence[Assessment]) -> Sheet:
    return Sheet("services", _("Last assessments"), _headings(), [_result_cells(each) for each in latest], _note())


def domains_sheet(latest: Sequence[Assessment]) -> Sheet:
    """Return the scores of the domains of each last assessment."""
    headings = [
        Heading(_("Service"), is_number=False),
        Heading(_("Domain"), is_number=False),
        Heading(_("Score")),
        Heading(_("Items there")),
    ]
    rows = [
        [
            word(service_name(each.service)),
            word(domain_name(score.domain)),
            share(score.share),
            number(score.present, note=_("of %(items)s") % {"items": score.assessed}),
        ]
        for each in latest
        for score in each.domains
    ]
    return Sheet("domains", _("By domain"), headings, rows)


def items_sheet(latest: Sequence[Assessment]) -> Sheet:
    """Return every item of the last assessments, those that are not there first."""
    headings = [
        Heading(_("Service"), is_number=False),
        Heading(_("Domain"), is_number=False),
        Heading(_("Item"), is_number=False),
        Heading(_("Standing"), is_number=False),
        Heading(_("Who is wanted"), is_number=False),
        Heading(_("Source"), is_number=False),
    ]
    order = (False, None, True)
    items = sorted(_items(latest), key=lambda each: order.index(each.available))
    return Sheet("items", _("Items"), headings, [_item_row(each) for each in items])


def _items(latest: Sequence[Assessment]) -> Iterator[ReadinessItem]:
    for each in latest:
        yield from each.items


def _item_row(each: ReadinessItem) -> list[Cell]:
    standing, tone = _ITEM_WORDS[each.available]
    wanted = (reference_name("professions", each.profession), reference_name("specialties", each.specialty))
    return [
        word(service_name(each.service)),
        word(domain_name(each.domain)),
        word(each.item),
        word(str(standing), tone=tone),
        word(" · ".join(name for name in wanted if name)),
        word(each.source),
    ]


def earlier_sheet(earlier: Sequence[Assessment]) -> Sheet:
    return Sheet("earlier", _("Earlier assessments"), _headings(), [_result_cells(each) for each in earlier])
