"""How the pages of the trail name a record, and what an event changed, field by field."""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import AuditEvent
from lianyi.pages.values import FieldDifference, label_of, shown_field


def model_of(object_type: str) -> type[Model] | None:
    """Return the model of a trail's ``app.model``, or None for one that a later version no longer has."""
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None


def object_text(object_type: str, object_id: int | None) -> str:
    model = model_of(object_type)
    name = object_type if model is None else capfirst(_(str(model._meta.verbose_name)))
    return name if object_id is None else f"{name} #{object_id}"


def object_types() -> list[tuple[str, str]]:
    """Return every kind of record that the trail may speak of, for a filter."""
    models = [
        model for config in apps.get_app_configs() if config.name.startswith("lianyi.") for model in config.get_models()
    ]
    return sorted(((m._meta.label_lower, object_text(m._meta.label_lower, None)) for m in models), key=lambda t: t[1])


def changed_fields(actor: Actor, event: AuditEvent) -> list[FieldDifference]:
    """Return each field that the event speaks of, before and after."""
    model = model_of(event.object_type)
    before, after = event.before or {}, event.after or {}
    return [
        FieldDifference(
            label_of(model, name),
            shown_field(actor, model, name, before.get(name)),
            shown_field(actor, model, name, after.get(name)),
        )
        for name in dict.fromkeys([*before, *after])
    ]
