"""How a kept value is shown to people: one way for every page, export and message."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, ForeignKey, Model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from lianyi.accounts.access import scope_rules, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.pages.names import name_of

NOTHING = "—"
# What Django calls a field or a model that was given no name; said here once, so that it can be translated.
_MADE_UP_NAMES = (
    gettext_noop("acting node"),
    gettext_noop("added by"),
    gettext_noop("adds to"),
    gettext_noop("answered by"),
    gettext_noop("approved by"),
    gettext_noop("asked by"),
    gettext_noop("ball institution"),
    gettext_noop("beat at"),
    gettext_noop("command key"),
    gettext_noop("content type"),
    gettext_noop("converted to"),
    gettext_noop("corrects"),
    gettext_noop("diverted from"),
    gettext_noop("ended at"),
    gettext_noop("entry mode"),
    gettext_noop("expert"),
    gettext_noop("facts"),
    gettext_noop("handle"),
    gettext_noop("handled"),
    gettext_noop("held from"),
    gettext_noop("is open"),
    gettext_noop("last"),
    gettext_noop("leg"),
    gettext_noop("made by"),
    gettext_noop("match digest"),
    gettext_noop("next call at"),
    gettext_noop("params"),
    gettext_noop("policy"),
    gettext_noop("recorded by"),
    gettext_noop("request"),
    gettext_noop("roster"),
    gettext_noop("rule"),
    gettext_noop("salt"),
    gettext_noop("secret digest"),
    gettext_noop("seen by"),
    gettext_noop("settled by"),
    gettext_noop("sha256"),
    gettext_noop("signed by"),
    gettext_noop("started at"),
    gettext_noop("stop"),
    gettext_noop("task status"),
    gettext_noop("was accepted"),
    gettext_noop("node"),
    gettext_noop("department node"),
    gettext_noop("holder node"),
    gettext_noop("holder user"),
    gettext_noop("target type"),
    gettext_noop("target id"),
    gettext_noop("basis type"),
    gettext_noop("basis id"),
    gettext_noop("revoked at"),
    gettext_noop("predecessor"),
    gettext_noop("successor"),
    gettext_noop("other node"),
    gettext_noop("before"),
    gettext_noop("after"),
    gettext_noop("base version"),
    gettext_noop("proposed by"),
    gettext_noop("first level by"),
    gettext_noop("decided by"),
    gettext_noop("file sha256"),
    gettext_noop("rows read"),
    gettext_noop("rows created"),
    gettext_noop("rows updated"),
    gettext_noop("rows unchanged"),
    gettext_noop("rows refused"),
    gettext_noop("document name"),
    gettext_noop("document sha256"),
    gettext_noop("from state"),
    gettext_noop("to state"),
    gettext_noop("acting role"),
    gettext_noop("password"),
    gettext_noop("last login"),
    gettext_noop("organisation node"),
    gettext_noop("place succession"),
    gettext_noop("chain head"),
    gettext_noop("command receipt"),
)


def shown(value: object) -> str:
    """Return the text of a value: dates as 2024-05-01, times in the installation's zone, nothing as a dash."""
    if value is None or value == "":
        return NOTHING
    for kind, show in _SHOWN:
        if isinstance(value, kind):
            return show(value)
    return str(value)


def _shown_moment(value: datetime.datetime) -> str:
    try:
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
    except (OverflowError, ValueError):
        # At the edge of the calendar no other zone has this moment; it is shown as it stands.
        moment = value
    return moment.strftime("%Y-%m-%d %H:%M")


def _shown_mapping(value: Mapping[Any, Any]) -> str:
    return "; ".join(f"{key}: {shown(each)}" for key, each in value.items()) or NOTHING


def _shown_many(value: Iterable[Any]) -> str:
    return pgettext("between the items of a list", ", ").join(shown(each) for each in value) or NOTHING


# In this order: a truth value is a number too, a moment is a day too, and a text can be walked through.
_SHOWN: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: _("yes") if value else _("no")),
    (datetime.datetime, _shown_moment),
    (datetime.date, datetime.date.isoformat),
    (Decimal, lambda value: f"{value.normalize():f}"),
    (Model, name_of),
    (str, str),
    # A text that is translated late; it can be walked through too.
    (Promise, str),
    (Mapping, _shown_mapping),
    (Iterable, _shown_many),
)


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field in two versions, as people read it."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


def field_of(model: type[Model] | None, name: str) -> Field[Any, Any] | None:
    """Return the model's field of that name, or of that column name."""
    if model is None:
        return None
    for candidate in (name, name.removesuffix("_id")):
        try:
            field = model._meta.get_field(candidate)
        except FieldDoesNotExist:
            continue
        if isinstance(field, Field):
            return field
    return None


def label_of(model: type[Model] | None, name: str) -> str:
    """Return the field's name as people read it, or the bare name where the model no longer has it."""
    field = field_of(model, name)
    return capfirst(_(str(field.verbose_name))) if field is not None else name


def shown_field(actor: Actor, model: type[Model] | None, name: str, value: object) -> str:
    """Return the text of a field's value: the word of a choice, the name of a row that the actor may see."""
    field = field_of(model, name)
    if field is None or value is None or value == "":
        return shown(value)
    if isinstance(field, ForeignKey):
        return _shown_row(actor, field.related_model, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    try:
        return shown(field.to_python(value))
    except (ValidationError, TypeError, ValueError):
        # The trail keeps what a field held years ago; the field may have become another kind since.
        return shown(value)


def _shown_row(actor: Actor, model: type[Model] | str, value: Any) -> str:  # noqa: ANN401 - a key of any kind
    if isinstance(value, Model):
        return name_of(value)
    if isinstance(model, str):
        return f"#{value}"
    if model is OrganisationNode:
        row: Model | None = OrganisationNode.objects.filter(pk=value).first()
    elif model in scope_rules():
        row = scoped(actor, model._default_manager.filter(pk=value)).first()
    else:
        row = None
    return f"#{value}" if row is None else name_of(row)
