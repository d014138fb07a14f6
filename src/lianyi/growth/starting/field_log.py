"""What the field log registers when the application starts."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lianyi.accounts.access import RelationPath, ScopeRule, decide, register_scope
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Family
from lianyi.growth import field_log_offline
from lianyi.growth.field_log_texts import ACTIONS, REFUSALS
from lianyi.growth.imports import field_log as imports
from lianyi.growth.models.field_log import FieldLogEntry
from lianyi.growth.queries.field_log import not_logged_today
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.partnerships.scopes import AGREEMENT_TARGET


def register() -> None:
    register_scope(
        FieldLogEntry,
        ScopeRule(
            family=Family.TRAINING,
            nodes=("posting__from_institution_id", "posting__to_institution_id"),
            relations=(RelationPath(AGREEMENT_TARGET, "posting__agreement_id"),),
            person_level=True,
        ),
    )
    imports.register()
    field_log_offline.register()
    register_error_texts(REFUSALS)
    register_action_names(ACTIONS)
    register_home_provider(home_items)


def home_items(actor: Actor) -> list[HomeItem]:
    """Return that the posted person has not logged today."""
    if not decide(actor, "training.write").allowed:
        return []
    waiting = not_logged_today(actor, timezone.localdate())
    if not waiting:
        return []
    return [HomeItem(_("Today is not in your field log yet"), reverse("growth:log-new"), len(waiting), tone="info")]
