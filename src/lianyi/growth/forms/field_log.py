"""What people type into the field log."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.models import Posting
from lianyi.growth.commands.field_log import NewEntry
from lianyi.growth.field_log_rules import COUNTS, LONGEST_WORDS, MOST
from lianyi.growth.field_log_texts import COUNT_WORDS
from lianyi.growth.models.field_log import FieldLogEntry
from lianyi.growth.training_texts import people_words
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of

PEOPLE = "people_"


class LogForm(CommandForm):
    """The numbers of a day, short enough for a phone; what nobody counted stays empty."""

    posting = forms.ChoiceField(label=_("Posting"))
    day = forms.DateField(label=_("Day"))
    words = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("What was special. No names, telephone numbers or other data of patients."),
    )

    def __init__(self, postings: Sequence[Posting], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.postings = {str(row.pk): row for row in postings}
        self.fields["posting"].choices = [  # type: ignore[attr-defined]
            (key, f"{name_of(row.staff)} · {name_of(row.to_institution)} ({row.code})")
            for key, row in self.postings.items()
        ]
        for name in COUNTS:
            self.fields[name] = _count(COUNT_WORDS[name])
        for name, word in people_words():
            self.fields[f"{PEOPLE}{name}"] = _count(word)

    @property
    def counts(self) -> list[forms.BoundField]:
        return [self[name] for name in COUNTS]

    @property
    def people(self) -> list[forms.BoundField]:
        return [self[f"{PEOPLE}{name}"] for name, _word in people_words()]

    @property
    def chosen(self) -> Posting:
        return self.postings[self.cleaned_data["posting"]]

    def new(self) -> NewEntry:
        given = self.cleaned_data
        people = {name: given.get(f"{PEOPLE}{name}") for name, _word in people_words()}
        return NewEntry(
            day=given["day"],
            **{name: given[name] for name in COUNTS},
            people={name: count for name, count in people.items() if count is not None},
            words=given["words"],
            follows=given["expected_version"] or 0,
        )

    @staticmethod
    def initial_of(row: FieldLogEntry) -> dict[str, Any]:
        return {
            **{name: getattr(row, name) for name in ("day", "words", *COUNTS)},
            **{f"{PEOPLE}{name}": count for name, count in row.people.items()},
            "posting": row.posting_id,
            "expected_version": row.number,
        }


class MonthForm(forms.Form):
    """The month of the totals."""

    month = forms.CharField(required=False, widget=forms.TextInput({"type": "month"}), label=_("Month"))

    def first_day(self, today: datetime.date) -> datetime.date:
        """Return the first day of the month asked for; this month where none, or none that is, was."""
        text = self.cleaned_data.get("month", "") if self.is_valid() else ""
        try:
            return datetime.date.fromisoformat(f"{text}-01")
        except ValueError:
            return today.replace(day=1)


def _count(label: Any) -> forms.IntegerField:  # noqa: ANN401 - a text or a lazy one
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=MOST)
