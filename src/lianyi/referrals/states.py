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

    DRAFT = "draft", pgettext_lazy("state of a referral", "draft")
    SENT = "sent", pgettext_lazy("state of a referral", "sent")
    DELIVERED = "delivered", pgettext_lazy("state of a referral", "delivered")
    OPENED = "opened", pgettext_lazy("state of a referral", "opened")
    ROUTED = "routed", pgettext_lazy("state of a referral", "passed to a department")
    AWAITING_INFORMATION = "awaiting-information", pgettext_lazy("state of a referral", "more information asked")
    INFORMATION_SUPPLIED = "information-supplied", pgettext_lazy("state of a referral", "information supplied")
    ACCEPTED = "accepted", pgettext_lazy("state of a referral", "accepted")
    WAITING_LIST = "waiting-list", pgettext_lazy("state of a referral", "accepted, waiting list")
    SCHEDULED = "scheduled", pgettext_lazy("state of a referral", "appointment made")
    BED_RESERVED = "bed-reserved", pgettext_lazy("state of a referral", "bed kept")
    APPOINTMENT_CANCELLED = "appointment-cancelled", pgettext_lazy("state of a referral", "appointment cancelled")
    NO_SHOW = "no-show", pgettext_lazy("state of a referral", "did not come")
    IN_TRANSIT = "in-transit", pgettext_lazy("state of a referral", "on the way")
    ARRIVED = "arrived", pgettext_lazy("state of a referral", "arrived")
    UNDER_CARE = "under-care", pgettext_lazy("state of a referral", "under care")
    ON_HOLD = "on-hold", pgettext_lazy("state of a referral", "paused")
    RETURN_PROPOSED = "return-proposed", pgettext_lazy("state of a referral", "transfer back proposed")
    OUTCOME_SENT = "outcome-sent", pgettext_lazy("state of a referral", "outcome sent")
    CLOSED = "closed", pgettext_lazy("state of a referral", "closed")
    DECLINED = "declined", pgettext_lazy("state of a referral", "declined")
    WITHDRAWN_BY_RECEIVER = "withdrawn-by-receiver", pgettext_lazy("state of a referral", "withdrawn after acceptance")
    NO_RESPONSE = "no-response", pgettext_lazy("state of a referral", "no answer in time")
    NOT_SELECTED = "not-selected", pgettext_lazy("state of a referral", "another hospital was quicker")
    CANCELLED_BY_SENDER = "cancelled-by-sender", pgettext_lazy("state of a referral", "cancelled by the sender")
    CANCEL_CONFIRMED = "cancel-confirmed", pgettext_lazy("state of a referral", "cancelled after the start")
    NO_SHOW_FINAL = "no-show-final", pgettext_lazy("state of a referral", "never came")
    DIVERTED = "diverted", pgettext_lazy("state of a referral", "taken elsewhere on the way")
    HANDLED_ELSEWHERE = "handled-elsewhere", pgettext_lazy("state of a referral", "treated elsewhere")
    EXPIRED = "expired", pgettext_lazy("state of a referral", "expired")
    DIED = "died", pgettext_lazy("state of a referral", "died")
    ENTERED_IN_ERROR = "entered-in-error", pgettext_lazy("state of a referral", "entered in error")


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
    REPLACED = "replaced", _("a new version replaces it")
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
    GUEST = "guest", _("by a guest with a one-time link")
