"""Every reading of the pool, within the asker's reach.

An entry and its limits are read by the person, the office of the home hospital and the planner of its region; by nobody
else of the same hospital, and never by the receiving unit. An asking is read by the unit that asked too, without the
name of whom the home hospital chose.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from lianyi.accounts.access import LARGEST_KEY, covers, decide, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.roles import Act, Role
from lianyi.dispatch.models import (
    Candidacy,
    CandidacyOrigin,
    CandidacyState,
    CoupleState,
    PoolCouple,
    PoolEvent,
    PoolMember,
    PoolPreference,
    Posting,
)
from lianyi.dispatch.needs_filling import PUBLISHED
from lianyi.dispatch.pool_machine import (
    COUPLE_STEPS,
    OPEN_CANDIDACIES,
    OPEN_TO_RECEIVER,
    CandidacyStep,
    CoupleStep,
    PoolSide,
    candidacy_steps_from,
)
from lianyi.registry.models import Institution, Staff

# Whoever keeps the pool of a hospital or plans for a region; a head of department sees no limits of colleagues.
POOL_KEEPERS = frozenset({Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE, Role.DISPATCH_PLANNER})
Row = TypeVar("Row", bound=Model)
_OF_STAFF = ("staff__institution", "staff__department")
_OF_CANDIDACY = ("home_institution", "to_institution", "staff__institution", "need")


def keeps_pool(actor: Actor) -> bool:
    """Tell whether the role keeps a pool at all."""
    return actor.is_service or actor.role in POOL_KEEPERS


def keeps_pool_of(actor: Actor, institution_id: int | None) -> bool:
    """Tell whether the actor keeps the pool of this hospital."""
    return keeps_pool(actor) and decide(actor, "dispatch.write").allowed and covers(actor, institution_id)


def is_self(actor: Actor, staff: Staff | None) -> bool:
    """Tell whether the actor is the person; what is one's own needs no grant, whatever the role."""
    return staff is not None and not actor.is_service and staff.user_id == actor.user_id


def own_staff(actor: Actor) -> Staff | None:
    """Return the actor's own file, by the user alone."""
    if actor.is_service:
        return None
    return Staff.objects.select_related("institution", "department").filter(user_id=actor.user_id).first()


def members(actor: Actor) -> QuerySet[PoolMember, Any]:
    """Return the entries that the actor keeps; nothing for roles that keep none."""
    rows = PoolMember.objects.select_related(*_OF_STAFF)
    if not keeps_pool(actor):
        return rows.none()
    return scoped(actor, rows).order_by("staff__institution__code", "staff__code")


def members_listed(actor: Actor) -> QuerySet[PoolMember, Any]:
    """Return the entries that the actor keeps with how often each person was posted, and when they last came back."""
    posted = Posting.objects.filter(staff_id=OuterRef("staff_id"), state__in=PUBLISHED).order_by().values("staff_id")
    return members(actor).annotate(
        times_posted=Coalesce(Subquery(posted.annotate(times=Count("pk")).values("times")), Value(0)),
        last_back_on=Subquery(posted.annotate(last=Max("left_on")).values("last")),
    )


def member(actor: Actor, pk: int) -> PoolMember:
    """Return one entry that the actor keeps, or their own.

    Raises
    ------
    NotFoundInScopeError
    """
    own = own_member(actor)
    if own is not None and own.pk == pk:
        return own
    return _one(members(actor), pk)


def own_member(actor: Actor) -> PoolMember | None:
    if actor.is_service:
        return None
    return PoolMember.objects.select_related(*_OF_STAFF).filter(staff__user_id=actor.user_id).first()


def member_of(actor: Actor, staff: Staff) -> PoolMember | None:
    """Return the entry of a person, where the actor may read it."""
    rows = PoolMember.objects.select_related(*_OF_STAFF) if is_self(actor, staff) else members(actor)
    return rows.filter(staff=staff).first()


def staff_to_enter(actor: Actor) -> QuerySet[Staff, Any]:
    """Return the people whom the actor may enter, invite or name: those of the hospitals whose pool they keep."""
    rows = Staff.objects.select_related("institution", "department")
    if not keeps_pool(actor):
        return rows.none()
    return scoped(actor, rows).filter(institution_id__in=nodes_in_reach(actor).values("pk"))


def preferences_of(row: PoolMember) -> list[PoolPreference]:
    """Return the wishes of an entry that was read here."""
    return list(row.preferences.select_related("institution").order_by("kind", "institution__code"))


def events_of_member(row: PoolMember) -> list[PoolEvent]:
    """Return the history of an entry that was read here."""
    return list(row.events.select_related("user").order_by("pk"))


def couples(actor: Actor) -> QuerySet[PoolCouple, Any]:
    """Return the couples of which the actor keeps one side, or is one."""
    related = ("proposer__institution", "partner__institution")
    own = PoolCouple.objects.filter(Q(proposer__user_id=actor.user_id) | Q(partner__user_id=actor.user_id))
    if not keeps_pool(actor):
        return own.select_related(*related)
    kept = scoped(actor, PoolCouple.objects.all())
    return PoolCouple.objects.filter(Q(pk__in=kept.values("pk")) | Q(pk__in=own.values("pk"))).select_related(*related)


def couples_of(actor: Actor, staff: Staff) -> QuerySet[PoolCouple, Any]:
    rows = couples(actor).filter(Q(proposer=staff) | Q(partner=staff))
    return rows.exclude(state=CoupleState.ENDED).order_by("pk")


def couple(actor: Actor, pk: int) -> PoolCouple:
    """Return one couple.

    Raises
    ------
    NotFoundInScopeError
    """
    return _one(couples(actor), pk)


def speaks_for(actor: Actor, staff: Staff) -> bool:
    """Tell whether the actor is the person, or keeps the pool in which they are."""
    return is_self(actor, staff) or keeps_pool_of(actor, staff.institution_id)


def allowed_couple_steps(actor: Actor, row: PoolCouple) -> list[CoupleStep]:
    steps = [step for step in COUPLE_STEPS if row.state in step.from_states]
    other = speaks_for(actor, row.partner)
    return [step for step in steps if other or (not step.by_other and speaks_for(actor, row.proposer))]


def with_standing_today(rows: QuerySet[Candidacy, Any]) -> QuerySet[Candidacy, Any]:
    """Add ``standing``: the kept state, or that nobody answered by the date."""
    late = Q(state__in=OPEN_CANDIDACIES, answer_by__lt=timezone.localdate())
    return rows.annotate(standing=Case(When(late, then=Value(CandidacyState.NO_ANSWER.value)), default=F("state")))


def candidacies(actor: Actor) -> QuerySet[Candidacy, Any]:
    """Return the candidacies that the actor keeps or asked for, each with ``standing`` and ``shows_person``."""
    rows = Candidacy.objects.select_related(*_OF_CANDIDACY)
    found = scoped(actor, rows) if keeps_pool(actor) else rows.none()
    return _told(actor, found).order_by("-created_at", "-pk")


def own_candidacies(actor: Actor) -> QuerySet[Candidacy, Any]:
    """Return those about the actor. An asking is about nobody until the home hospital passed it on."""
    if actor.is_service:
        return _told(actor, Candidacy.objects.none())
    passed_on = PoolEvent.objects.filter(candidacy_id=OuterRef("pk"), step="pass_on")
    rows = Candidacy.objects.select_related(*_OF_CANDIDACY).filter(
        ~Q(origin=CandidacyOrigin.ASKED) | Exists(passed_on), staff__user_id=actor.user_id
    )
    return _told(actor, rows).order_by("-created_at", "-pk")


def _told(actor: Actor, rows: QuerySet[Candidacy, Any]) -> QuerySet[Candidacy, Any]:
    at_home = Q(home_institution_id__in=nodes_in_reach(actor).values("pk")) | Q(named_by_asker=True)
    shows = at_home if actor.is_service else at_home | Q(staff__user_id=actor.user_id)
    return with_standing_today(rows).annotate(
        shows_person=ExpressionWrapper(Q(staff__isnull=False) & shows, output_field=BooleanField())
    )


def candidacy(actor: Actor, pk: int) -> Candidacy:
    """Return one candidacy, kept, asked for or about the actor.

    Raises
    ------
    NotFoundInScopeError
    """
    own = own_candidacies(actor).filter(pk=pk).first()
    return own if own is not None else _one(candidacies(actor), pk)


def reads_answer(actor: Actor, row: Candidacy) -> bool:
    """Tell whether the actor reads why a person refused: that person, and who keeps the pool they are in."""
    return is_self(actor, row.staff) or keeps_pool_of(actor, row.home_institution_id)


def events_of_candidacy(actor: Actor, row: Candidacy) -> list[PoolEvent]:
    """Return the history of a candidacy that was read here, for the receiving unit only its own side of it."""
    rows = row.events.select_related("user").order_by("pk")
    return list(rows if reads_answer(actor, row) else rows.filter(step__in=OPEN_TO_RECEIVER))


def may_take(actor: Actor, step: CandidacyStep, row: Candidacy) -> bool:
    """Tell whether the actor stands on the side whose step it is."""
    if step.by_another and is_self(actor, row.staff):
        return False
    if step.side is PoolSide.RECEIVER:
        return keeps_pool_of(actor, row.to_institution_id)
    at_home = keeps_pool_of(actor, row.home_institution_id)
    if step.side is PoolSide.HOME:
        return at_home
    return is_self(actor, row.staff) or (step.office_may_record and at_home)


def allowed_candidacy_steps(actor: Actor, row: Candidacy) -> list[CandidacyStep]:
    """Return the steps that the actor could take now: exactly those that the page offers."""
    return [step for step in candidacy_steps_from(row.state, row.origin) if may_take(actor, step, row)]


def institutions_to_ask(actor: Actor) -> QuerySet[Institution, Any]:
    """Return the hospitals that the actor may ask for people: partners within reach."""
    return scoped(actor, Institution.objects.all())


def receivers_of(actor: Actor) -> QuerySet[Institution, Any]:
    """Return the institutions for which the actor may ask."""
    rows = Institution.objects.filter(pk__in=nodes_in_reach(actor).values("pk"))
    return rows if keeps_pool(actor) and decide(actor, "dispatch.write").allowed else rows.none()


def waiting_candidacies(actor: Actor) -> QuerySet[Candidacy, Any]:
    """Return what waits for the home hospital's word: askings and applications of its own people."""
    rows = candidacies(actor).filter(state__in=(CandidacyState.ASKED, CandidacyState.APPLIED))
    return rows.filter(home_institution_id__in=nodes_in_reach(actor).values("pk")).exclude(staff__user_id=actor.user_id)


def unanswered_candidacies(actor: Actor) -> QuerySet[Candidacy, Any]:
    """Return the invitations of the own people whose day passed without an answer."""
    rows = candidacies(actor).filter(state=CandidacyState.INVITED, answer_by__lt=timezone.localdate())
    return rows.filter(home_institution_id__in=nodes_in_reach(actor).values("pk"))


def own_invitations(actor: Actor) -> QuerySet[Candidacy, Any]:
    return own_candidacies(actor).filter(state=CandidacyState.INVITED)


def own_couple_questions(actor: Actor) -> QuerySet[PoolCouple, Any]:
    """Return the couples that wait for the actor's own word."""
    return couples(actor).filter(partner__user_id=actor.user_id, state=CoupleState.PROPOSED)


def writable_members(actor: Actor, staff_ids: Iterable[int]) -> QuerySet[PoolMember, Any]:
    """Return the entries of these people that the actor may change."""
    rows = PoolMember.objects.filter(staff_id__in=list(staff_ids))
    return scoped(actor, rows, Act.WRITE) if keeps_pool(actor) else rows.none()


def _one(rows: QuerySet[Row, Any], pk: int) -> Row:
    found: Row | None = rows.filter(pk=pk).first() if pk <= LARGEST_KEY else None
    if found is None:
        raise NotFoundInScopeError("There is no such record within your reach.", model=rows.model.__name__)
    return found
