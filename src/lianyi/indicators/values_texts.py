"""What is said to people about values of indicators: words, tones, refusals, names of actions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lianyi.indicators.models import IndicatorValue, SheetState, ValueSource
from lianyi.indicators.values_checks import Doubt
from lianyi.indicators.values_completeness import Arrival
from lianyi.indicators.values_definitions import definition_of, families, value_by, versions_of
from lianyi.indicators.values_targets import Standing, Target, read_entry
from lianyi.pages.names import in_language
from lianyi.rules.indicators import IndicatorDefinition
from lianyi.rules.schema import Words

Text = str | Promise
NOTHING = "—"
STATE_TONES: Mapping[str, str] = {
    SheetState.DRAFT: "neutral",
    SheetState.SUBMITTED: "warning",
    SheetState.CHECKED: "info",
    SheetState.ACCEPTED: "good",
    SheetState.LOCKED: "good",
}
SOURCE_TONES: Mapping[str, str] = {
    ValueSource.TYPED: "warning",
    ValueSource.UPLOADED: "neutral",
    ValueSource.COUNTED: "info",
}
UNIT_WORDS: Mapping[str, Text] = {
    "percent": gettext_lazy("percent"),
    "per_10000": gettext_lazy("per 10,000"),
    "per_1000": gettext_lazy("per 1,000"),
    "ratio": gettext_lazy("ratio"),
    "count": gettext_lazy("number"),
    "minutes": gettext_lazy("minutes"),
    "yuan": gettext_lazy("yuan"),
    "days": gettext_lazy("days"),
    "yes_no": gettext_lazy("yes or no"),
}
DIRECTION_WORDS: Mapping[str, Text] = {
    "up": gettext_lazy("higher"),
    "down": gettext_lazy("lower"),
    "yes": pgettext_lazy("better is", "yes"),
    "monitor": gettext_lazy("neither: watched only"),
}
OBTAINED_WORDS: Mapping[str, Text] = {
    "query": gettext_lazy("counted from records"),
    "uploaded": gettext_lazy("reported figures"),
    "judged": gettext_lazy("judged by evidence"),
}
LEVEL_WORDS: Mapping[str, Text] = {
    "village": gettext_lazy("village clinics"),
    "township": gettext_lazy("township and community centres"),
    "county_hospital": gettext_lazy("county hospitals"),
    "secondary_hospital": gettext_lazy("secondary hospitals"),
    "tertiary_hospital": gettext_lazy("tertiary hospitals"),
    "county": gettext_lazy("counties and districts"),
    "city": gettext_lazy("prefectures and cities"),
    "province": gettext_lazy("provinces"),
    "alliance": gettext_lazy("alliances"),
    "partnership": gettext_lazy("partnerships"),
}
CONFIDENCE_WORDS: Mapping[str, Text] = {
    "sourced": gettext_lazy("from a source"),
    "derived": gettext_lazy("name from a source, words by this project"),
    "uncertain": gettext_lazy("source uncertain"),
    "unsourced": gettext_lazy("own proposal, no source"),
    "local": gettext_lazy("local rule"),
}
CONFIDENCE_TONES: Mapping[str, str] = {
    "sourced": "good",
    "derived": "info",
    "uncertain": "warning",
    "unsourced": "warning",
    "local": "info",
}
PERIOD_WORDS: Mapping[str, Text] = {
    "month": gettext_lazy("month"),
    "quarter": gettext_lazy("quarter"),
    "year": gettext_lazy("year"),
}
ARRIVAL_WORDS: Mapping[Arrival, Text] = {
    Arrival.ON_TIME: gettext_lazy("in time"),
    Arrival.LATE: gettext_lazy("late"),
    Arrival.OVERDUE: gettext_lazy("missing"),
    Arrival.WAITING: gettext_lazy("not due yet"),
    Arrival.NOT_EXPECTED: gettext_lazy("not asked"),
}
ARRIVAL_SIGNS: Mapping[Arrival, str] = {
    Arrival.ON_TIME: "●",
    Arrival.LATE: "◐",
    Arrival.OVERDUE: "○",
    Arrival.WAITING: "·",
    Arrival.NOT_EXPECTED: "",
}


def words_of(words: Words) -> str:
    return in_language(words.zh, words.en)


def words_or_nothing(words: Words | None) -> str:
    return "" if words is None else words_of(words)


def definition_title(definition: IndicatorDefinition) -> str:
    """Return the name of an indicator, with the part that tells it from others of the same name."""
    name = words_of(definition.name)
    return name if definition.part is None else f"{name}: {words_of(definition.part)}"


def family_word(family: str) -> str:
    """Return the title of a family; of one whose file is gone its id."""
    found = families().get(family)
    return family if found is None else words_of(found.title)


def name_of_code(row: IndicatorValue) -> str:
    return definition_title(definition_of(row))


def figure_word(figure: Decimal | None) -> str:
    """Return a numerator or denominator without empty decimals, thousands set apart."""
    if figure is None:
        return NOTHING
    text = f"{figure:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def figures_word(numerator: Decimal | None, denominator: Decimal | None) -> str:
    """Return the figures of a value in one: 3 / 40, or 3 alone."""
    return " / ".join(figure_word(each) for each in (numerator, denominator) if each is not None)


def amount_word(definition: IndicatorDefinition, value: float | None) -> str:
    """Return a value in its unit; a dash where there is none."""
    if value is None:
        return NOTHING
    unit = str(definition.unit)
    if unit == "yes_no":
        return _("yes") if value else _("no")
    if unit == "percent":
        return f"{value:.1f} %"
    if unit in ("count", "yuan"):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,.2f}"


def value_word(row: IndicatorValue) -> str:
    """Return the value of a row in words: also that it is not available, and that nothing could be divided by."""
    if not row.is_available:
        return _("not available")
    definition = definition_of(row)
    return amount_word(definition, value_by(definition, row.numerator, row.denominator))


TARGET_WORDS: Mapping[str, Text] = {
    Standing.REACHED: pgettext_lazy("target of an indicator", "reached"),
    Standing.MISSED: pgettext_lazy("target of an indicator", "not reached"),
    Standing.NOT_REPORTED: gettext_lazy("not reported yet"),
}
TARGET_TONES: Mapping[str, str] = {Standing.REACHED: "good", Standing.MISSED: "bad", Standing.NOT_REPORTED: "neutral"}
FEW_WORD = gettext_lazy("hidden: few")


def asked_word(target: Target) -> str:
    """Return what a target asks for, in words and in the unit of its indicator."""
    versions = versions_of(target.code)
    if not versions:
        return target.entry
    limit = amount_word(versions[0], float(target.limit))
    unit = "" if versions[0].unit in ("percent", "yes_no") else f" {UNIT_WORDS[versions[0].unit]}"
    words = _("%(indicator)s: at least %(limit)s") if target.is_least else _("%(indicator)s: at most %(limit)s")
    return words % {"indicator": definition_title(versions[0]), "limit": f"{limit}{unit}"}


def target_word(entry: str) -> str:
    """Return one entry of a duty in words; one that cannot be read is shown as it is."""
    found = read_entry(entry)
    if found is None:
        return entry
    return f"{asked_word(found)} ({found.unit})" if found.unit else asked_word(found)


def figure_name(name: str) -> str:
    return _("numerator") if name == "numerator" else _("denominator")


def doubt_word(doubt: Doubt) -> str:
    """Return in words why a figure is unusual."""
    facts = doubt.facts
    if doubt.kind == "jump":
        low, high = (amount_word(facts["definition"], facts[name]) for name in ("least", "most"))
        return _("Far from its own past: %(low)s to %(high)s in %(periods)s earlier periods.") % {
            "low": low, "high": high, "periods": facts["periods"],
        }  # fmt: skip
    if doubt.kind == "counted":
        return _("The records of this site say otherwise: see the counted figure.")
    return _("The %(figure)s is %(whole)s; the %(units)s institutions together say %(sum)s.") % {
        "figure": figure_name(facts["figure"]),
        "whole": f"{facts['whole']:g}",
        "units": facts["units"],
        "sum": f"{facts['sum']:g}",
    }


ACTION_NAMES: Mapping[str, Text] = {
    "indicators.reporting.assign": gettext_lazy("Reporting duty given"),
    "indicators.reporting.end": gettext_lazy("Reporting duty ended"),
    "indicators.sheet.start": gettext_lazy("Sheet of indicators begun"),
    "indicators.sheet.import": gettext_lazy("Sheet of indicators imported"),
    "indicators.sheet.fill": gettext_lazy("Figures saved"),
    "indicators.sheet.submit": gettext_lazy("Sheet submitted"),
    "indicators.sheet.send_back": gettext_lazy("Sheet sent back"),
    "indicators.sheet.check": gettext_lazy("Figures confirmed"),
    "indicators.sheet.accept": gettext_lazy("Sheet accepted"),
    "indicators.sheet.lock": gettext_lazy("Sheet locked"),
    "indicators.sheet.reopen": gettext_lazy("Sheet opened again"),
    "indicators.sheet.count": gettext_lazy("Counted from records"),
    "indicators.value.take_count": gettext_lazy("Counted figure taken"),
    "indicators.value.give": gettext_lazy("Value of an indicator given"),
    "indicators.value.change": gettext_lazy("Value of an indicator changed"),
}
STEP_WORDS: Mapping[str, Text] = {
    name.rpartition(".")[2]: text for name, text in ACTION_NAMES.items() if name.startswith("indicators.sheet.")
}

ERROR_TEXTS: Mapping[str, Text] = {
    "not-permitted.sheet-side": gettext_lazy(
        "The unit itself fills in and submits a sheet; the level above checks it; the analyst accepts and locks it."
    ),
    "invalid-input.reporting-days-in-order": gettext_lazy("It ends on %(ends_on)s, before it begins on %(starts_on)s."),
    "invalid-input.reporting-twice": gettext_lazy("The unit reports this already since %(since)s. End that first."),
    "invalid-input.department-reports": gettext_lazy("Institutions and places report; a department does not."),
    "invalid-input.nothing-to-report": gettext_lazy(
        "Such a unit reports no indicator of this family for such a period. Choose another unit, family or period."
    ),
    "invalid-input.sheet-twice": gettext_lazy(
        "There is a sheet of this unit for %(period)s already; open it in the list of sheets."
    ),
    "invalid-input.period-not-begun": gettext_lazy("%(given)s begins no period that has begun. Choose another."),
    "invalid-input.period-not-over": gettext_lazy(
        "The period %(period)s is not over yet. Save the figures; submit them when it is."
    ),
    "invalid-input.period-unreadable": gettext_lazy(
        "'%(given)s' is no period. Write a month as 2024-05, a quarter as 2024-Q2, a year as 2024."
    ),
    "invalid-input.indicator-not-on-sheet": gettext_lazy("'%(given)s' is no indicator of this sheet."),
    "invalid-input.value-and-not-available": gettext_lazy(
        "It is said not to be available, and figures are given too. Keep one of the two."
    ),
    "invalid-input.value-words-long": gettext_lazy(
        "At most %(note)s characters of a note and %(because)s of a reason fit. Shorten it."
    ),
    "invalid-input.figure-range": gettext_lazy("%(given)s is no figure from 0 to %(most)s."),
    "invalid-input.numerator-missing": gettext_lazy("The numerator is missing."),
    "invalid-input.denominator-missing": gettext_lazy("The denominator is missing."),
    "invalid-input.denominator-not-asked": gettext_lazy("This indicator has no denominator; leave it empty."),
    "invalid-input.numerator-above-denominator": gettext_lazy(
        "The numerator %(numerator)s is part of the denominator %(denominator)s and cannot be above it."
    ),
    "invalid-input.nothing-to-divide-by": gettext_lazy(
        "The denominator is 0 and the numerator is %(numerator)s. Correct one of them."
    ),
    "invalid-input.judged-without-evidence": gettext_lazy(
        "This is judged by evidence; say in the note what was seen: documents, things, talks."
    ),
    "invalid-input.neither-yes-nor-no": gettext_lazy("Write 1 for yes and 0 for no."),
    "invalid-input.nothing-counted": gettext_lazy(
        "Nothing was counted for %(given)s that could stand on the sheet. Count from the records first."
    ),
    "invalid-input.value-emptied": gettext_lazy("A figure that was given is not emptied; say why it is not available."),
    "invalid-input.change-without-reason": gettext_lazy("Somebody has read these figures before; say why they change."),
    "invalid-input.sheet-step-without-reason": gettext_lazy("This step needs a reason in words: %(step)s."),
    "invalid-input.values-missing": gettext_lazy(
        "Of %(count)s indicators nothing is said. Give the figures, or say why they are not available."
    ),
    "invalid-input.doubts-without-word": gettext_lazy(
        "%(count)s figures are unusual and need a word in their note before they are submitted."
    ),
    "invalid-input.target-unreadable": gettext_lazy(
        "'%(given)s' is no target. Write code, sign and number, such as county-primary-visit-share>=65; with @ and the "
        "code of an institution it is asked of that one."
    ),
    "invalid-input.target-indicator": gettext_lazy(
        "'%(given)s' is no indicator. The list of indicators names all codes."
    ),
    "invalid-input.target-unit": gettext_lazy("There is no institution or place with the code '%(given)s'."),
    "sheet-values": gettext_lazy(
        "%(count)s lines cannot be kept, so nothing was saved. Mend the lines that are marked and save again."
    ),
    "sheet-step.sheet-no-draft": gettext_lazy(
        "The sheet is no draft any more (%(state_label)s); have it sent back or opened again before you change it."
    ),
    "sheet-step.sheet-not-following": gettext_lazy(
        "The state of the sheet is: %(state_label)s. This does not follow: %(step)s. Possible now: %(steps)s."
    ),
    "separation-of-duties.own-sheet": gettext_lazy(
        "You filled in or submitted this sheet; somebody else checks, accepts and locks it."
    ),
    "no-applicable-rule-set.indicator": gettext_lazy("The indicator %(indicator)s is not in force on %(on)s."),
    "short-history": gettext_lazy("%(given)s earlier figures are too few to tell what is usual."),
}
