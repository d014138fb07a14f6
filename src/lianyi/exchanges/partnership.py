"""Which visits belong together: those of an agreement and of those it renews, or those between the same two."""

from __future__ import annotations

from django.db.models import Q

from lianyi.exchanges.models import ExchangeVisit
from lianyi.partnerships.models import Agreement


def agreements_in_line(agreement: Agreement) -> list[int]:
    """Return the keys of an agreement, of those that it renews, one after the other, and of those that renew it."""
    found = {agreement.pk}
    earlier = agreement.renews_id
    while earlier is not None and earlier not in found:
        found.add(earlier)
        earlier = Agreement.objects.values_list("renews_id", flat=True).get(pk=earlier)
    later = Agreement.objects.filter(renews_id=agreement.pk).values_list("pk", flat=True).first()
    while later is not None and later not in found:
        found.add(later)
        later = Agreement.objects.filter(renews_id=later).values_list("pk", flat=True).first()
    return sorted(found)


def of_partnership(visit: ExchangeVisit, prefix: str = "") -> Q:
    """Return the condition of the visits of the same partnership; ``prefix`` leads from the row to its visit."""
    if visit.agreement is not None:
        return Q(**{f"{prefix}agreement_id__in": agreements_in_line(visit.agreement)})
    pair = (visit.host_id, visit.guest_id)
    between = Q(**{f"{prefix}host_id__in": pair, f"{prefix}guest_id__in": pair})
    return between & Q(**{f"{prefix}agreement__isnull": True})
