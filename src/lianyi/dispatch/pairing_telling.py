"""What the codes of a pairing plan say to people: why a pair, why a need stays open, what helps, what changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.dispatch.models import PairingPlan, PlannedPair
from lianyi.dispatch.pairing_words import (
    LEVEL_WORDS,
    PAIRING_BAR_WORDS,
    PAIRING_CHANGE_WORDS,
    PAIRING_GOAL_WORDS,
    PAIRING_REASON_WORDS,
    PAIRING_RULE_WORDS,
    WHY_PAIR_WORDS,
)
from lianyi.pages.names import name_of
from lianyi.registry.models import Institution
from lianyi.registry.reference_names import reference_name

_NEED_RULES = frozenset({"need", "lower_level"})
_LIST = "; "


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """What stays open at a recipient, as the page tells it."""

    recipient: str
    asked: str
    need: int | None
    missing: str
    reason: str
    bars: tuple[str, ...]
    conflict: tuple[str, ...]
    is_smallest: bool
    remedies: tuple[str, ...]


class PairTeller:
    """Names everything that the stored codes speak of, with one query for the institutions."""

    def __init__(self, plan: PairingPlan) -> None:
        self._figures: Mapping[str, Any] = plan.figures
        both = {*plan.donors.values_list("pk", flat=True), *plan.recipients.values_list("pk", flat=True)}
        told = {int(each[name]) for each in self._figures.get("changes", ()) for name in ("donor", "recipient")}
        told |= {int(each["donor"]) for each in self._figures.get("burden", ())}
        self._institutions: Mapping[int, Institution] = Institution.objects.in_bulk(both | told)
        asked = [each["asked"] for each in self._figures.get("unmet", ()) if each["asked"]]
        self._asked = {each["id"]: each for each in (*asked, *self._figures.get("unknown_numbers", ()))}

    def name(self, key: object) -> str:
        row = self._institutions.get(int(str(key)))
        return "—" if row is None else name_of(row)

    def names(self, keys: Iterable[object]) -> list[str]:
        return [self.name(each) for each in keys]

    def why(self, pair: PlannedPair) -> str:
        """Say why a pair stands in the plan, and what would be without it."""
        parts = [str(WHY_PAIR_WORDS[pair.why])]
        if pair.worse:
            parts = [self._worse(pair.worse)]
        if pair.instead:
            parts.append(_("%(names)s would come instead.") % {"names": _LIST.join(self.names(pair.instead))})
        return " ".join(parts)

    def meets(self, pair: PlannedPair) -> list[str]:
        """Say what a pair meets: of each thing asked for, how many come and how strong the helper is in it."""
        return [
            _("%(asked)s: %(sent)s of %(people)s (%(level)s)")
            % {
                "asked": asked_word(each),
                "sent": each["sent"],
                "people": 1 if each["people"] is None else each["people"],
                "level": str(LEVEL_WORDS.get(each["level"], each["level"])),
            }
            for each in pair.meets
        ]

    def open_places(self) -> list[OpenPlace]:
        return [self._open_place(each) for each in self._figures.get("unmet", ())]

    def _open_place(self, each: Mapping[str, Any]) -> OpenPlace:
        bars = [
            _("%(names)s: %(why)s") % {"names": _LIST.join(self.names(donors)), "why": str(PAIRING_BAR_WORDS[bar])}
            for bar, donors in each["barred"].items()
        ]
        if each["asked"] is None:
            missing = ngettext("%(count)s hospital missing", "%(count)s hospitals missing", each["missing"])
        else:
            missing = ngettext("%(count)s person missing", "%(count)s people missing", each["missing"])
        return OpenPlace(
            recipient=self.name(each["recipient"]),
            asked=_("more hospitals that help") if each["asked"] is None else asked_word(each["asked"]),
            need=None if each["asked"] is None else each["asked"]["need"],
            missing=missing % {"count": each["missing"]},
            reason=str(PAIRING_REASON_WORDS[each["kind"]]),
            bars=tuple(bars),
            conflict=tuple(self.rule_word(one["rule"], one["subject"]) for one in each["conflict"]),
            is_smallest=each["is_smallest"],
            remedies=tuple(self._remedy(one) for one in each["remedies"]),
        )

    def rule_word(self, rule: str, subject: str) -> str:
        """Say a rule and whom it is about."""
        word = str(PAIRING_RULE_WORDS.get(rule) or PAIRING_RULE_WORDS.get(f"goal-{rule}") or rule)
        about = self._subject(rule, subject)
        return f"{word} – {about}" if about else word

    def breaches(self) -> list[str]:
        return [self.rule_word(each["rule"], each["subject"]) for each in self._figures.get("breaches", ())]

    def changes(self) -> list[dict[str, str]]:
        """Say which pairs end or begin against today, and what would be worse without the change."""
        return [
            {
                "donor": self.name(each["donor"]),
                "recipient": self.name(each["recipient"]),
                "what": str(PAIRING_CHANGE_WORDS[each["kind"]]),
                "kind": each["kind"],
                "why": self._worse(each["worse"]) if each["worse"] else self._why_not(each),
            }
            for each in self._figures.get("changes", ())
        ]

    def _why_not(self, each: Mapping[str, Any]) -> str:
        """Say why a pair changes where no goal was proved to be worse without it."""
        if each["kind"] == "ended" and int(each["recipient"]) in self._figures.get("unasked", ()):
            return _("Nobody is asked for there in these days.")
        if each["kind"] == "ended" and not each["can"]:
            return _("The giving one has nothing to send of what is asked for there.")
        if each["kind"] in {"ended", "begun"}:
            return _("Another plan without this change may be as good.")
        return ""

    def _worse(self, worse: Mapping[str, Any]) -> str:
        return _("Otherwise “%(goal)s” would be %(then)s instead of %(now)s.") % {
            "goal": str(PAIRING_GOAL_WORDS[worse["goal"]]),
            "then": _number(worse["then"]),
            "now": _number(worse["now"]),
        }

    def _subject(self, rule: str, subject: str) -> str:
        if not subject:
            return ""
        if rule in _NEED_RULES:
            each = self._asked.get(subject)
            return "" if each is None else f"{self.name(each['recipient'])} · {asked_word(each)}"
        return " · ".join(
            self.name(part) if part.isdigit() else specialty_word(part) for part in subject.split("/") if part
        )

    def _remedy(self, each: Mapping[str, Any]) -> str:
        kind, rule = each["kind"], each["rule"] or each["kind"]
        facts = {"subject": self._subject(rule, each["subject"]), "amount": _number(each["amount"])}
        if kind == "one_more_person":
            text = _("one more person: %(subject)s") % facts
        elif kind == "allow_pair":
            text = _("let these two be a pair: %(subject)s") % facts
        elif kind == "lower_level":
            text = _("take a weaker helper: %(subject)s") % facts
        else:
            facts["rule"] = str(PAIRING_RULE_WORDS.get(rule, rule))
            text = _("raise the limit (%(rule)s) to %(amount)s: %(subject)s") % facts
        if each["after"] == 0:
            return _("%(remedy)s – nothing would be missing") % {"remedy": text}
        return _("%(remedy)s – %(after)s instead of %(before)s missing") % {
            "remedy": text,
            "after": each["after"],
            "before": each["before"],
        }


def specialty_word(word: str) -> str:
    """Say what is asked for by its one word of profession, specialty and title."""
    profession, specialty, title = [*word.split(":"), "", ""][:3]
    return asked_word({"profession": profession, "specialty": specialty, "title": title})


def asked_word(each: Mapping[str, Any]) -> str:
    """Say who is asked for: specialty, profession, least title, and the number of the need."""
    title = each["title"]
    least = "" if title in {"", "none"} else _("%(title)s or higher") % {"title": reference_name("title_ranks", title)}
    words: Sequence[str] = (
        each.get("code", ""),
        reference_name("specialties", each["specialty"]) if each["specialty"] else "",
        reference_name("professions", each["profession"]) if each["profession"] else "",
        least,
        _("weak department") if each.get("id", "").startswith("d") else "",
    )
    return " · ".join(word for word in words if word) or _("not said yet")


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
