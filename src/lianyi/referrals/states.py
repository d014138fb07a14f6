"""The words of the referral machine: states, sides, directions, reasons. What follows what stands in ``machine``."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Direction(models.TextChoices):
    UP = "up", _("up")
    DOWN = "down", _("back down")
    LATERAL = "lateral", _("same level")


class Urgency(models.TextChoices):
    EMERGENCY = "emergency", _("emergency")
    URGENT = "urgent", _("urgent")
    ROUTINE = "routine", _("routine")


class Side(models.TextChoices):
    """Whose move it is; in the table, who may take a step."""

    SENDER = "sender", pgettext_lazy("side of a referral", "sender")
    RECEIVER = "receiver", pgettext_lazy("side of a referral", "receiver")
    COORDINATOR = "coordinator", _("coordinator")
    TRANSPORT = "transport", _("transport")
    LOWER_UNIT = "lower_unit", _("lower unit")
    SYSTEM = "system", _("system")


class TaskStatus(models.TextChoices):
    """The status of a leg in the words of FHIR Task."""

    DRAFT = "draft", _("draft")
    REQUESTED = "requested", _("requested")
    RECEIVED = "received", _("received")
    ACCEPTED = "accepted", _("accepted")
    IN_PROGRESS = "in-progress", _("in progress")
    ON_HOLD = "on-hold", _("on hold")
    COMPLETED = "completed", _("completed")
    REJECTED = "rejected", _("rejected")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    ENTERED_IN_ERROR = "entered-in-error", _("entered in error")


class RequestStatus(models.TextChoices):
    """The status of a request in the words of FHIR ServiceRequest; computed from its legs, never set by hand."""

    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    ON_HOLD = "on-hold", _("on hold")
    COMPLETED = "completed", _("completed")
    REVOKED = "revoked", _("revoked")
    ENTERED_IN_ERROR = "entered-in-error", _("entered in error")


class LegState(models.TextChoices):
    """The business status of a leg: where exactly it stands."""

    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    OPENED = "opened", _("opened")
    ROUTED = "routed", _("passed to a department")
    AWAITING_INFORMATION = "awaiting-information", _("more information asked")
    INFORMATION_SUPPLIED = "information-supplied", _("information supplied")
    ACCEPTED = "accepted", _("accepted")
    WAITING_LIST = "waiting-list", _("accepted, waiting list")
    SCHEDULED = "scheduled", _("appointment made")
    BED_RESERVED = "bed-reserved", _("bed kept")
    APPOINTMENT_CANCELLED = "appointment-cancelled", _("appointment cancelled")
    NO_SHOW = "no-show", _("did not come")
    IN_TRANSIT = "in-transit", _("on the way")
    ARRIVED = "arrived", _("arrived")
    UNDER_CARE = "under-care", _("under care")
    ON_HOLD = "on-hold", _("paused")
    RETURN_PROPOSED = "return-proposed", _("transfer back proposed")
    OUTCOME_SENT = "outcome-sent", _("outcome sent")
    CLOSED = "closed", pgettext_lazy("state of a referral", "closed")
    DECLINED = "declined", _("declined")
    WITHDRAWN_BY_RECEIVER = "withdrawn-by-receiver", _("withdrawn after acceptance")
    NO_RESPONSE = "no-response", _("no answer in time")
    NOT_SELECTED = "not-selected", _("another hospital was quicker")
    CANCELLED_BY_SENDER = "cancelled-by-sender", _("cancelled by the sender")
    CANCEL_CONFIRMED = "cancel-confirmed", _("cancelled after the start")
    NO_SHOW_FINAL = "no-show-final", _("never came")
    DIVERTED = "diverted", _("taken elsewhere on the way")
    HANDLED_ELSEWHERE = "handled-elsewhere", _("treated elsewhere")
    EXPIRED = "expired", _("expired")
    DIED = "died", _("died")
    ENTERED_IN_ERROR = "entered-in-error", _("entered in error")


class Disposition(models.TextChoices):
    """What became of the patient at the end of the care."""

    RETURNED = "returned", _("returned to the lower unit")
    HOME = "home", _("home with a plan")
    STAYS = "stays", _("stays in care")
    ONWARD = "onward", _("referred onward")
    AGAINST_ADVICE = "against_advice", _("left against advice")
    DIED = "died", _("died")
    NO_SERVICE = "no_service", _("no service needed")


class DeclineReason(models.TextChoices):
    """Why a receiver says no, before or after it had said yes."""

    NO_BED = "no_bed", _("no bed")
    NO_SPECIALIST = "no_specialist", _("no specialist present")
    NEXT_DATE_GIVEN = "next_date_given", _("no capacity now, next date given")
    OUTSIDE_SCOPE = "outside_scope", _("outside our scope")
    NOT_FIT_TO_MOVE = "not_fit_to_move", _("clinically not suitable to move")
    INFORMATION_MISSING = "information_missing", _("information missing")
    TRANSPORT = "transport", _("distance or transport")
    DUPLICATE = "duplicate", _("duplicate")
    PREFERS_OTHER = "prefers_other", _("patient or family prefers another place")
    COST = "cost", _("cost or insurance")
    EQUIPMENT_OR_DRUG = "equipment_or_drug", _("equipment or drug lacking")
    NO_CONTACT = "no_contact", _("could not be reached")
    OTHER = "other", _("other")


class CancelReason(models.TextChoices):
    """Why the sender takes a referral back."""

    IMPROVED = "improved", _("the patient got better")
    PATIENT_REFUSED = "patient_refused", _("the patient refused")
    MOVED_ELSEWHERE = "moved_elsewhere", _("the patient moved elsewhere")
    BETTER_RECEIVER = "better_receiver", _("a better place was found")
    TRANSPORT_IMPOSSIBLE = "transport_impossible", _("transport impossible")
    OTHER = "other", _("other")


class ChangeReason(models.TextChoices):
    """Why something agreed is changed: a date, a pause, a reopening, a refused cancellation."""

    PATIENT_WISH = "patient_wish", _("wish of the patient or family")
    PATIENT_WORSE = "patient_worse", _("the patient is worse")
    CAPACITY = "capacity", _("bed, staff or equipment")
    TRANSPORT = "transport", _("weather, road or vehicle")
    NOT_REACHED = "not_reached", _("the patient could not be reached")
    BACK_LEG_DECLINED = "back_leg_declined", _("the lower unit declined")
    CARE_CONTINUES = "care_continues", _("the care goes on")
    ENTERED_WRONGLY = "entered_wrongly", _("entered wrongly")
    OTHER = "other", _("other")


class EntryReason(models.TextChoices):
    """Why a referral is marked as entered in error."""

    SENT_BY_MISTAKE = "sent_by_mistake", _("sent by mistake")
    WRONG_PATIENT = "wrong_patient", _("wrong patient")
    ENTERED_TWICE = "entered_twice", _("entered twice")
    OTHER = "other", _("other")


class EntryMode(models.TextChoices):
    """How a step came into the record."""

    LIVE = "live", _("as it happened")
    RETROSPECTIVE = "retrospective", _("entered afterwards")
    SPOKEN = "spoken", _("spoken answer, typed in by the other side")
    AUTOMATIC = "automatic", _("by the system")
