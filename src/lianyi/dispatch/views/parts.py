"""What several pages of dispatch share: the way to them, and addresses that carry a filter."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from lianyi.dispatch.models import Posting
from lianyi.errors import InvalidInputError
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.names import name_of
from lianyi.partnerships.models import Agreement

# An address with more numbers than this is too long for some servers; the list is then opened by agreement.
MOST_IDS_IN_AN_ADDRESS = 200
# The board moves by years before and after the month asked for.
FIRST_YEAR, LAST_YEAR = 1900, 2999


def posting_url(pk: int) -> str:
    return reverse("dispatch:posting", args=[pk])


def plan_url(pk: int) -> str:
    return reverse("dispatch:plan", args=[pk])


def posting_crumbs(row: Posting | None = None) -> list[Crumb]:
    crumbs = [Crumb(_("Postings"), reverse("dispatch:postings"))]
    if row is not None:
        crumbs.append(Crumb(f"{row.code} {name_of(row.staff)}", posting_url(row.pk)))
    return crumbs


def plan_crumbs(agreement: Agreement) -> list[Crumb]:
    return [
        Crumb(_("Agreements"), reverse("partnerships:agreements")),
        Crumb(name_of(agreement, "title"), reverse("partnerships:agreement", args=[agreement.pk])),
        Crumb(_("Plan"), plan_url(agreement.pk)),
    ]


def rows_url(ids: Iterable[int], agreement: Agreement) -> str:
    """Return the list of exactly these postings, or of the whole agreement when they are too many for an address."""
    numbers = [str(pk) for pk in ids]
    given = {"agreement": agreement.code} if len(numbers) > MOST_IDS_IN_AN_ADDRESS else {"ids": ",".join(numbers)}
    return f"{reverse('dispatch:postings')}?{urlencode(given)}"


def asked_day(text: str, usual: datetime.date) -> datetime.date:
    """Return the day that an address asks for.

    Raises
    ------
    InvalidInputError
        When it is no day of the form 2024-05-01.
    """
    if not text:
        return usual
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            f"'{text}' is no day. Give it as year-month-day, for example 2024-05-01.", reason="day", given=text
        ) from error


def asked_month(text: str) -> datetime.date:
    """Return the first day of the month that an address asks for, by the month or by one of its days.

    Raises
    ------
    InvalidInputError
        When it is no month of the form 2024-05, or one that no calendar of ours reaches.
    """
    for written in (f"{text}-01", text):
        try:
            day = datetime.date.fromisoformat(written)
        except ValueError:
            continue
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day.replace(day=1)
    raise InvalidInputError(
        f"'{text}' is no month. Give it as year-month, for example 2024-05.", reason="month", given=text
    )
