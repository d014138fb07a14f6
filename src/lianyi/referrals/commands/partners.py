"""Partners outside the network: the list that an institution keeps, and one-time links for them (grant G5)."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, require, require_acting_for, serves
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.machine import BEFORE_DECISION
from lianyi.referrals.models import ExternalPartner, GuestLink, Leg
from lianyi.referrals.policies import policy_of
from lianyi.referrals.states import LegState
from lianyi.referrals.walking import take_step

# Sixteen figures can be said on the telephone in any language. They make 53 bits: with what the page for guests lets a
# machine try, and with the hours that a code lives, nobody guesses one.
SECRET_FIGURES = 16
GROUP_OF_FIGURES = 4
GUEST_STEPS = frozenset({"accept", "decline", "arrive", "send_outcome"})
_CONTACT_FIELDS = ("name", "contact", "phone", "email", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFacts:
    """What is known of a partner outside the network."""

    name: str
    contact: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""


@command("referrals.partner.add")
def add_partner(context: CommandContext, kept_by_id: int, facts: PartnerFacts) -> ExternalPartner:
    """Put a hospital or person outside the network on the institution's list."""
    _require_keeper(context, kept_by_id)
    _check_name(facts.name, kept_by_id, besides=None)
    row = ExternalPartner.objects.create(kept_by_id=kept_by_id, **_cleaned(facts))
    record(context, "referrals.partner.add", row, before=None, after=creation_facts(row))
    return row


@command("referrals.partner.change")
def change_partner(
    context: CommandContext, partner_id: int, facts: PartnerFacts, expected_version: int
) -> ExternalPartner:
    row = get_in_scope(context.actor, ExternalPartner.objects.all(), partner_id)
    _require_keeper(context, row.kept_by_id)
    _check_name(facts.name, row.kept_by_id, besides=row.pk)
    changes = _cleaned(facts)
    before = snapshot(row, changes)
    save_changes(row, changes, expected_version)
    record(context, "referrals.partner.change", row, before=before, after=snapshot(row, changes))
    return row


@command("referrals.partner.retire")
def retire_partner(context: CommandContext, partner_id: int, expected_version: int) -> ExternalPartner:
    """Take a partner off the list; what was sent to it stays."""
    row = get_in_scope(context.actor, ExternalPartner.objects.all(), partner_id)
    _require_keeper(context, row.kept_by_id)
    if not row.is_active:
        raise GuardRefusedError("This partner is out of use already.", reason="partner-retired")
    save_changes(row, {"is_active": False}, expected_version)
    record(context, "referrals.partner.retire", row, before={"is_active": True}, after={"is_active": False})
    return row


def _require_keeper(context: CommandContext, institution_id: int) -> None:
    require(context.actor, "referral.write")
    if not serves(context.actor, institution_id):
        require_acting_for(context.actor, institution_id, "keep its list of partners")


def _cleaned(facts: PartnerFacts) -> dict[str, str]:
    return {name: getattr(facts, name).strip() for name in _CONTACT_FIELDS}


def _check_name(name: str, kept_by_id: int, *, besides: int | None) -> None:
    if not name.strip():
        raise FactsRefusedError("A partner needs a name.", field="name", reason="partner-name")
    same = ExternalPartner.objects.filter(kept_by_id=kept_by_id, name=name.strip())
    if besides is not None:
        same = same.exclude(pk=besides)
    if same.exists():
        raise FactsRefusedError(
            f"'{name.strip()}' is on the list already. Change that entry.",
            field="name",
            reason="partner-twice",
            given=name.strip(),
        )


def new_secret() -> str:
    """Return a one-time code as it is said and typed: 4821-0937-5516-2840."""
    figures = f"{secrets.randbelow(10**SECRET_FIGURES):0{SECRET_FIGURES}d}"
    groups = range(0, SECRET_FIGURES, GROUP_OF_FIGURES)
    return "-".join(figures[start : start + GROUP_OF_FIGURES] for start in groups)


def _figures(secret: str) -> str:
    """Return what counts of a code: dashes, blanks and full-width figures are ways of typing it."""
    return "".join(each for each in unicodedata.normalize("NFKC", secret) if each.isdecimal())


def digest_of(secret: str) -> str:
    """Return the digest of a code. It takes the site's key too: a copy of the database alone tells no code."""
    key = hashlib.sha256(b"lianyi.referrals.guest|" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, _figures(secret).encode(), hashlib.sha256).hexdigest()


@command("referrals.guest_link.make")
def make_guest_link(context: CommandContext, leg_id: int, secret: str, reason: str) -> GuestLink:
    """Make a one-time link for the partner of a leg; the earlier ones stop to work.

    ``secret`` is made and shown by the asking page; only its digest is kept.
    """
    leg = get_in_scope(context.actor, Leg.objects.select_related("request"), leg_id)
    require(context.actor, "referral.write", leg)
    if not serves(context.actor, leg.from_institution_id):
        require_acting_for(context.actor, leg.from_institution_id, "make links for guests")
    _check_link(leg, secret, reason)
    now = timezone.now()
    for earlier in GuestLink.objects.filter(leg=leg, revoked_at__isnull=True, valid_until__gt=now).order_by("pk"):
        _revoke(context, earlier, now)
    hours = policy_of(leg.request.policy).limits.guest_link_hours
    row = GuestLink.objects.create(
        leg=leg,
        secret_digest=digest_of(secret),
        made_by_id=context.actor.user_id,
        valid_until=now + datetime.timedelta(hours=hours),
        reason=reason.strip(),
    )
    record(
        context,
        "referrals.guest_link.make",
        row,
        before=None,
        after={"leg": leg.pk, "valid_until": row.valid_until.isoformat()},
    )
    return row


def _check_link(leg: Leg, secret: str, reason: str) -> None:
    if leg.external_partner_id is None:
        raise GuardRefusedError(
            "A link for a guest is only for a partner outside the network; the others sign in.",
            reason="guest-needs-partner",
        )
    if leg.state == LegState.DRAFT or not leg.is_open:
        raise GuardRefusedError(
            "A link for a guest opens a case that is sent and not over.", reason="guest-needs-open-case"
        )
    if len(_figures(secret)) != SECRET_FIGURES:
        raise FactsRefusedError(
            f"A code for a guest has {SECRET_FIGURES} figures; {len(_figures(secret))} were given.",
            field="secret",
            reason="guest-secret",
            least=SECRET_FIGURES,
        )
    if not reason.strip():
        raise FactsRefusedError("Say why the link is made.", field="reason", reason="guest-reason")


@command("referrals.guest_link.revoke")
def revoke_guest_link(context: CommandContext, link_id: int) -> GuestLink:
    """Let a link stop to work at once."""
    row = get_in_scope(context.actor, GuestLink.objects.select_related("leg"), link_id)
    require(context.actor, "referral.write", row.leg)
    if not serves(context.actor, row.leg.from_institution_id):
        require_acting_for(context.actor, row.leg.from_institution_id, "take back links for guests")
    _revoke(context, row, timezone.now())
    return row


def _revoke(context: CommandContext, row: GuestLink, now: datetime.datetime) -> None:
    save_changes(row, {"revoked_at": now}, row.version)
    record(context, "referrals.guest_link.revoke", row, before=None, after={"leg": row.leg_id})


def usable_link(link_id: int) -> GuestLink:
    """Return a link that still opens its case.

    Raises
    ------
    GuardRefusedError
        When it was taken back, or its time is over.
    """
    row = GuestLink.objects.select_related("leg__request__journey", "leg__external_partner").filter(pk=link_id).first()
    if row is None or row.revoked_at is not None or row.valid_until <= timezone.now():
        raise GuardRefusedError(
            "This link does not open anything any more. Ask the sender for a new one.", reason="guest-link-over"
        )
    return row


@command("referrals.guest_link.open")
def open_guest_link(context: CommandContext, secret: str) -> GuestLink:
    """Let the first reader of a link in; whoever comes with it afterwards is refused."""
    found = GuestLink.objects.filter(secret_digest=digest_of(secret)).values_list("pk", flat=True).first()
    row = usable_link(found or 0)
    if row.opened_at is not None:
        raise GuardRefusedError(
            "This link was opened already, perhaps on another machine. Ask the sender for a new one.",
            reason="guest-link-used",
        )
    save_changes(row, {"opened_at": timezone.now()}, row.version)
    record(context, "referrals.guest_link.open", row, before=None, after={"leg": row.leg_id})
    return row


@command("referrals.guest_link.answer")
def answer_as_guest(
    context: CommandContext, link_id: int, name: str, facts: StepFacts, expected_version: int
) -> GuestLink:
    """Take a step of the receiver for a guest; the event is marked so and names who said it.

    The outcome of a patient whose care the guest never said to have taken over says that as well.
    """
    row = usable_link(link_id)
    if name not in GUEST_STEPS:
        raise FactsRefusedError(
            f"A guest cannot take the step '{name}'. Possible: {', '.join(sorted(GUEST_STEPS))}.",
            field="step",
            reason="guest-step",
            given=name,
        )
    if not facts.spoken_by.strip():
        raise FactsRefusedError("Give your name and department.", field="spoken_by", reason="guest-name")
    leg = Leg.objects.get(pk=row.leg_id)
    version = expected_version
    if name == "send_outcome" and leg.state == LegState.ARRIVED:
        taken = dataclasses.replace(context, key=f"{context.key}.care")
        before = StepFacts(spoken_by=facts.spoken_by, occurred_at=facts.care_ended_at)
        version = take_step(taken, leg.pk, "take_over", before, version).version
    own = dataclasses.replace(context, key=f"{context.key}.step")
    take_step(own, leg.pk, _step_of(leg, name), facts, version)
    save_changes(row, {"answered_at": timezone.now()}, row.version)
    return row


def _step_of(leg: Leg, name: str) -> str:
    return "arrive_unannounced" if name == "arrive" and leg.state in BEFORE_DECISION else name
