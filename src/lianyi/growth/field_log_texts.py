"""What is said to people about the field log: names of counts in both languages, refusals, names of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from lianyi.growth.training_texts import people_words

Text = str | Promise
COUNT_WORDS: Mapping[str, Text] = {
    "outpatients": _("Outpatients"),
    "ward_rounds": _("Ward rounds"),
    "operations": _("Operations"),
    "teaching_minutes": _("Minutes of teaching"),
}
ACTIONS: Mapping[str, Text] = {
    "growth.field_log.write": _("Field log written"),
    "growth.fieldlogentry.import": _("Imported from a table"),
}
REFUSALS: Mapping[str, Text] = {
    "field-log.day": _("%(day)s is no day on which this person was on site, or it is still to come."),
    "field-log.count": _("Give whole numbers from 0 to %(most)s, or leave a field empty."),
    "field-log.long": _("The words have at most %(most)s characters."),
    "field-log.person-number": _(
        "The words hold a long number, such as of a telephone or an identity card. Leave out everything about patients."
    ),
    "field-log.empty": _("The entry says nothing. Give at least one number, or words."),
    "field-log.posting": _("This posting is not one whose log you write."),
    "field-log.content": _("The entry cannot be read. Load the page without network again, with the network."),
    "not-permitted.field-log": _(
        "The log is written by the posted person, the leader of the team, or an office on their behalf."
    ),
}


def people_in_both() -> list[dict[str, str]]:
    """Return the groups of people with their names in both languages, for a page that has no site to ask."""
    return _in_both(people_words)


def counts_in_both() -> list[dict[str, str]]:
    return _in_both(lambda: [(name, str(word)) for name, word in COUNT_WORDS.items()])


def _in_both(words: Callable[[], Sequence[tuple[str, str]]]) -> list[dict[str, str]]:
    with override("en"):
        english = dict(words())
    with override("zh-hans"):
        chinese = dict(words())
    return [{"name": name, "zh": chinese[name], "en": english[name]} for name in english]
