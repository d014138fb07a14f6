"""What consultations put on the home page: those on which the reader's side must act."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.pages.home import HomeItem, register_home_provider
from lianyi.referrals import consultation_queries as queries
from lianyi.referrals.consultation_words import condition_word
from lianyi.referrals.models import Consultation
from lianyi.referrals.texts import left_word

MOST_NAMED = 5


def register() -> None:
    register_home_provider(consultation_items)


def consultation_items(actor: Actor) -> list[HomeItem]:
    """Return the emergencies one by one and the others as a number; no patient is named."""
    if not any(decide(actor, f"consultation.{act}").allowed for act in ("write", "decide")):
        return []
    now = timezone.now()
    waiting = queries.waiting_for(actor)
    items = [
        HomeItem(
            _("Emergency consultation %(number)s: %(state)s")
            % {"number": row.number, "state": row.get_state_display()},
            row.get_absolute_url(),
            tone="bad",
            due_on=timezone.localdate(row.due_at) if row.due_at else None,
            detail=" · ".join(part for part in (condition_word(row), left_word(row.due_at, now)) if part),
        )
        for row in waiting.filter(kind=Consultation.Kind.EMERGENCY)[:MOST_NAMED]
    ]
    rest = waiting.exclude(kind=Consultation.Kind.EMERGENCY)
    count = rest.count()
    if count:
        overdue = rest.filter(due_at__lt=now).count()
        first = rest.first()
        due = None if first is None or first.due_at is None else timezone.localdate(first.due_at)
        text = ngettext("Consultation waits for your side", "Consultations wait for your side", count)
        late = ngettext("%(count)d is over time", "%(count)d are over time", overdue) % {"count": overdue}
        detail = late if overdue else ""
        url = f"{reverse('referrals:consultations')}?part=waiting"
        items.append(HomeItem(text, url, count, tone="bad" if overdue else "warning", due_on=due, detail=detail))
    return items
