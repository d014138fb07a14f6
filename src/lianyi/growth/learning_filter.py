"""How who learned what from whom is narrowed down: by institution, kind, subject, days, and how finely it is told."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lianyi.growth.learning_ends import End, Grain
from lianyi.growth.learning_lines import WAY_WORDS
from lianyi.growth.learning_names import subject_word
from lianyi.growth.learning_subjects import Subject
from lianyi.methods.learning_flows import Passage
from lianyi.methods.periods import DateSpan
from lianyi.pages.lookups import LookupWidget
from lianyi.registry.models import Institution

_GRAINS = {
    Grain.INSTITUTION: _("institutions"),
    Grain.DEPARTMENT: _("departments"),
    Grain.PERSON: _("people"),
}


class LearningForm(forms.Form):
    institution = forms.CharField(
        label=_("Institution"), required=False, widget=LookupWidget("partnerships:institution-suggestions")
    )
    way = forms.ChoiceField(label=_("How it was learned"), required=False)
    subject = forms.ChoiceField(label=_("Subject"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))
    grain = forms.ChoiceField(label=_("Shown by"), required=False)

    def __init__(self, data: QueryDict, subjects: Sequence[Subject], *, names_people: bool) -> None:
        super().__init__(data)
        grains = [each for each in Grain if names_people or each is not Grain.PERSON]
        self._choose("way", [("", "—"), *((way.value, word) for way, word in WAY_WORDS.items())])  # type: ignore[attr-defined]
        self._choose("subject", [("", "—"), *((each.key, subject_word(each)) for each in subjects)])
        self._choose("grain", [(each.value, _GRAINS[each]) for each in grains])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since is not None and until is not None and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return given


def subjects_of(passages: Sequence[Passage]) -> list[Subject]:
    """Return what was learned, each subject once, by name."""
    found = {each.subject.key: each.subject for each in passages if isinstance(each.subject, Subject)}
    return sorted(found.values(), key=subject_word)


class LearningFilter:
    """The filter of the page, in the shape that lists know."""

    def __init__(self, form: LearningForm) -> None:
        self.form = form

    @property
    def grain(self) -> str:
        return str(self._given.get("grain") or Grain.INSTITUTION)

    @property
    def _given(self) -> dict[str, Any]:
        return self.form.cleaned_data if self.form.is_valid() else {}

    def period(self, today: datetime.date) -> DateSpan:
        since = self._given.get("since") or datetime.date.min
        return DateSpan(since, max(self._given.get("until") or today, since))

    def left(self, passages: Sequence[Passage], today: datetime.date) -> list[Passage]:
        """Return what the filter leaves; nothing where it cannot be understood."""
        if not self.form.is_valid():
            return []
        given = self._given
        kept = [each for each in passages if each.span.overlaps(self.period(today))]
        if given.get("way"):
            kept = [each for each in kept if each.way.value == given["way"]]
        if given.get("subject"):
            kept = [each for each in kept if isinstance(each.subject, Subject) and each.subject.key == given["subject"]]
        if given.get("institution"):
            ids = _institutions(given["institution"].strip())
            kept = [each for each in kept if _is_at(each, ids)]
        return kept


def _institutions(typed: str) -> frozenset[int]:
    """Return the institution of a code, else those with these letters in their name."""
    found = Institution.objects.filter(code__iexact=typed).values_list("pk", flat=True)
    return frozenset(found or Institution.objects.filter(name_zh__icontains=typed).values_list("pk", flat=True))


def _is_at(each: Passage, ids: frozenset[int]) -> bool:
    return any(isinstance(end, End) and end.institution_id in ids for end in (each.giver, each.learner))
