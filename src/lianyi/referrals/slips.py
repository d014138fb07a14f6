"""The slip that a patient takes along, in the patient's language beside the institution's own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone, translation

from lianyi.pages.names import name_of
from lianyi.pages.values import shown
from lianyi.referrals.models import Leg, PatientIdentity
from lianyi.referrals.papers import receiver_name
from lianyi.rules import SlipBook, SlipTexts, load_slip_texts
from lianyi.rules.slip_texts import BROUGHT

# Names of places are kept in Chinese and English; whoever reads neither asks with the Chinese one on the paper.
CHINESE, ENGLISH = "zh-hans", "en"


@dataclass(frozen=True, slots=True)
class SlipText:
    """One text in the patient's language, and in the institution's own where that is another."""

    text: str
    own: str


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line: what it is, and the value; ``sentence`` instead of a value that is not known yet."""

    label: SlipText
    values: tuple[str, ...] = ()
    sentence: SlipText | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything that stands on the slip."""

    texts: SlipTexts
    own: SlipTexts
    title: SlipText
    number: SlipText
    name: str
    lines: tuple[SlipLine, ...]
    bring_title: SlipText
    bring: tuple[SlipText, ...]
    note: SlipText


@functools.cache
def slip_book() -> SlipBook:
    """Return the texts of every language; files are read once, so a new file needs a restart of the site."""
    return load_slip_texts(settings.LIANYI_RULES_DIRECTORIES)


def texts_by_language() -> dict[str, SlipTexts]:
    return slip_book().on(timezone.localdate())


def own_texts() -> SlipTexts:
    """Return the texts in the language of the installation, which the staff read."""
    known = texts_by_language()
    return known.get(settings.LANGUAGE_CODE.lower()) or known[ENGLISH]


def language_choices() -> list[tuple[str, str]]:
    """Return the languages of the slip as their speakers call them, the institution's own first."""
    own = own_texts().code
    first = [own, *(code for code in (CHINESE, ENGLISH) if code != own)]
    known = texts_by_language()
    rest = [code for code in known if code not in first]
    return [(code, known[code].name) for code in (*first, *rest) if code in known]


def slip_of(leg: Leg, identity: PatientIdentity, texts: SlipTexts) -> Slip:
    """Return the slip: where to go, when, whom to call, what to bring, what to do when it gets worse."""
    own = own_texts()

    def both(key: str, **put_in: str) -> SlipText:
        text = texts.text(key, **put_in)
        return SlipText(text, own.text(key, **put_in) if own.code != texts.code else "")

    lines = (
        SlipLine(both("where"), _named(texts, lambda: _place(leg))),
        _when(leg, both("when"), both("when_unknown")),
        SlipLine(both("bed"), _given(leg.reservation)),
        SlipLine(both("call"), _given(_contact(leg))),
        SlipLine(both("sender"), _named(texts, lambda: name_of(leg.request.from_institution))),
    )
    return Slip(
        texts=texts,
        own=own,
        title=both("title"),
        number=both("number", number=leg.request.journey.number),
        name=identity.name,
        lines=tuple(line for line in lines if line.values or line.sentence),
        bring_title=both("bring_title"),
        bring=tuple(both(key) for key in BROUGHT),
        note=SlipText(
            texts.text("note", emergency_telephone=texts.emergency_telephone),
            own.text("note", emergency_telephone=own.emergency_telephone) if own.code != texts.code else "",
        ),
    )


def _when(leg: Leg, label: SlipText, unknown: SlipText) -> SlipLine:
    if leg.expected_at is None:
        return SlipLine(label, sentence=unknown)
    return SlipLine(label, (shown(timezone.localtime(leg.expected_at)),))


def _place(leg: Leg) -> str:
    receiver = leg.to_institution
    place = "" if receiver is None else receiver.address or name_of(receiver.place)
    department = "" if leg.to_department is None else name_of(leg.to_department)
    return " · ".join(part for part in (receiver_name(leg), department, place) if part)


def _contact(leg: Leg) -> str:
    partner = leg.external_partner
    return leg.contact or ("" if partner is None else f"{partner.contact} {partner.phone}".strip())


def _given(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _named(texts: SlipTexts, name: Callable[[], str]) -> tuple[str, ...]:
    """Return a name as it stands on the sign of the house, and in Latin letters for whoever reads no Chinese."""
    with translation.override(CHINESE):
        chinese = name()
    if texts.code.startswith("zh"):
        return _given(chinese)
    with translation.override(ENGLISH):
        return tuple(dict.fromkeys(part for part in (name(), chinese) if part))
