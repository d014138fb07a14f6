"""What is printed of a referral: the one-page form, and the blank form for bad nights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import segno
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.pages.names import in_language, name_of
from lianyi.pages.values import shown
from lianyi.referrals.guest_cases import condition_word, packet_lines
from lianyi.referrals.models import Leg, PatientIdentity
from lianyi.referrals.problem_words import problem_words
from lianyi.rules.referral_policy import PacketItem, PacketKind, ReferralDirection, ReferralPolicy, ReferralUrgency

QR_ERROR_CORRECTION = "m"
Lines = list[dict[str, str]]


def qr_rows(text: str) -> list[str]:
    """Return a QR code as rows of 0 and 1, which the document draws as squares."""
    code = segno.make(text, micro=False, error=QR_ERROR_CORRECTION)
    return ["".join(str(int(bool(cell))) for cell in row) for row in code.matrix]


def _line(label: str, value: Any) -> dict[str, str]:  # noqa: ANN401 - any value of a row
    return {"label": str(label), "value": "" if value in (None, "") else shown(value)}


def receiver_name(leg: Leg) -> str:
    if leg.to_institution is not None:
        return name_of(leg.to_institution)
    return "" if leg.external_partner is None else leg.external_partner.name


def form_paper(
    leg: Leg, identity: PatientIdentity | None, guest_address: str, items: Sequence[PacketItem] | None = None
) -> dict[str, Any]:
    """Return the one-page form of a leg, with all items of its form or only those named.

    Its QR holds the journey's number and the page for guests, and no secret.
    """
    row = leg.request
    partner = leg.external_partner
    lines = packet_lines(row, is_identified=identity is not None, items=items)
    head = [
        _line(
            pgettext("side of a referral", "Sender"),
            f"{name_of(row.from_institution)} · {row.on_behalf_of or row.written_by.display_name}",
        ),
        _line(pgettext("side of a referral", "Receiver"), receiver_name(leg)),
        _line(_("Telephone of the receiver"), "" if partner is None else f"{partner.contact} {partner.phone}".strip()),
        _line(_("Urgency"), " · ".join(part for part in (row.get_urgency_display(), condition_word(row)) if part)),
        _line(_("Sent"), leg.sent_at),
        _line(_("Must be seen by"), row.breach_at),
        _line(_("First medical contact"), row.first_contact_at),
        _line(_("Problem"), problem_words(row.journey)),
    ]
    return {
        "title": _("Referral form"),
        "number": row.journey.number,
        "qr": qr_rows(f"{guest_address}#{row.journey.number}"),
        "head": head,
        "patient_title": _("Patient"),
        "patient": patient_lines(leg, identity),
        "form_title": _("Form"),
        "form": [_line(name, value) for name, value in lines],
        "answer_title": _("Answer of the receiver (telephone it back, or write it here)"),
        "answer": answer_lines(),
        "note": _("Enter the answer in the system afterwards: open the case by its number."),
    }


def patient_lines(leg: Leg, identity: PatientIdentity | None) -> Lines:
    row = leg.request
    if identity is None:
        return [_line(_("Patient"), f"{row.get_sex_display()} {row.age_band}".strip())]
    return [
        _line(_("Name"), identity.name),
        _line(_("Sex"), identity.get_sex_display()),
        _line(_("Date of birth"), identity.born_on),
        _line(_("Document"), f"{identity.get_id_kind_display()} {identity.id_number}".strip()),
        _line(_("Telephone"), identity.phone),
        _line(_("Family member"), identity.contact_name),
    ]


def answer_lines() -> Lines:
    labels = (
        _("Accepted or declined, and why"),
        _("By whom, when"),
        _("Whom to call"),
        _("Arrived at"),
        _("What became of the patient"),
    )
    return [{"label": str(label), "value": ""} for label in labels]


def blank_paper(policy: ReferralPolicy, sender: str, guest_address: str) -> dict[str, Any]:
    """Return the form without content, for when the network is down: what an emergency asks, with room to write."""
    items = policy.required_items(ReferralUrgency.EMERGENCY, ReferralDirection.UP.value, "")
    labels = (
        pgettext("side of a referral", "Receiver"),
        _("Urgency, green channel"),
        _("Sent at (date, time)"),
        _("First medical contact"),
        _("Problem"),
    )
    patient = (
        _("Name"),
        _("Sex"),
        _("Date of birth or about what age"),
        _("Document and number"),
        _("Telephone"),
        _("Family member"),
    )
    return {
        "title": _("Referral form for when the network is down"),
        "number": _("Number: given when it is entered"),
        "qr": qr_rows(guest_address),
        "head": [
            _line(pgettext("side of a referral", "Sender"), sender),
            *({"label": str(label), "value": ""} for label in labels),
        ],
        "patient_title": _("Patient"),
        "patient": [{"label": str(label), "value": ""} for label in patient],
        "form_title": _("Form"),
        "form": [{"label": _blank_label(item), "value": _blank_value(item)} for item in items],
        "answer_title": _("Answer of the receiver (telephone it back, or write it here)"),
        "answer": answer_lines(),
        "note": _("Once the network is back: New referral, and give “Sent on paper at” the time written above."),
    }


def _blank_label(item: PacketItem) -> str:
    name = in_language(item.name.zh, item.name.en)
    return name if item.unit is None else f"{name} ({in_language(item.unit.zh, item.unit.en)})"


def _blank_value(item: PacketItem) -> str:
    """Offer the choices to be ticked with a pen."""
    if item.kind is not PacketKind.CHOICE:
        return ""
    return "   ".join(f"□ {in_language(choice.zh, choice.en)}" for choice in item.choices)
