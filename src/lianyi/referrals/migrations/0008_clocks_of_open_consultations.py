"""Open consultations get the clock of the state they are in, from the step that brought them there."""

from typing import Any

from django.db import migrations

AWAITED = {
    "draft": ("draft", "from_institution_id"),
    "asked": ("answer", "to_institution_id"),
    "awaiting-information": ("information", "from_institution_id"),
    "accepted": ("arrangement", "to_institution_id"),
    "scheduled": ("session", "to_institution_id"),
    "in-session": ("opinion", "to_institution_id"),
    "no-show": ("new_time", "to_institution_id"),
    "opinion-issued": ("reading", "from_institution_id"),
    "read": ("closing", "from_institution_id"),
}


def start_clocks(apps: Any, _editor: Any) -> None:  # noqa: ANN401 - frozen models
    consultations = apps.get_model("referrals", "Consultation").objects.filter(is_open=True, due_at__isnull=False)
    events = apps.get_model("referrals", "ConsultationEvent").objects
    clocks = apps.get_model("referrals", "ConsultationClock").objects
    for row in consultations.order_by("pk").iterator():
        kind, against = AWAITED[row.state]
        entered = events.filter(consultation_id=row.pk, to_state=row.state).exclude(from_state=row.state)
        last = entered.order_by("-pk").values_list("occurred_at", flat=True).first()
        clocks.create(
            consultation_id=row.pk,
            kind=kind,
            urgency=row.urgency,
            institution_id=getattr(row, against),
            started_at=row.created_at if last is None else last,
            due_at=row.due_at,
            # Who was called before there were clocks is not known here; the row itself knows how far the ladder went.
            breached_at=row.due_at if row.rung else None,
        )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0007_consultation_clocks")]

    operations = [migrations.RunPython(start_clocks, migrations.RunPython.noop)]
