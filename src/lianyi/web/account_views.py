"""One's own account, and the administration of users and their affiliations."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.accounts import commands, queries
from lianyi.accounts.access import decide, require
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import Affiliation, OrganisationNode, User
from lianyi.pages.breadcrumbs import Crumb
from lianyi.pages.forms import form_response
from lianyi.pages.listing import list_response
from lianyi.pages.lookups import Suggestion, suggestions_response, typed_text
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting, command_context, log_reading, next_address, page
from lianyi.web.account_forms import (
    AffiliationForm,
    EndAffiliationForm,
    NewPasswordForm,
    NewUserForm,
    OwnPasswordForm,
    UserFilter,
)
from lianyi.web.account_tables import AffiliationTable, UserTable

PASSWORD_TEMPLATE = "web/accounts/password_form.html"  # noqa: S105 - the name of a template


def _signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("A page reached without signing in; decorate it with @page.")
    return request.user


@require_safe
@page
def my_account(request: HttpRequest) -> HttpResponse:
    user = _signed_in(request)
    context = {"title": _("My account"), "person": user, "affiliations": queries.affiliations_of(user)}
    return render(request, "web/accounts/me.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; open also to those who must change it before anything else."""
    user = _signed_in(request)
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        context = command_context(request, actor=_oneself(request, user))
        changed = form.attempt(lambda: commands.set_password(context, user, form.cleaned_data["password"]))
        if changed is not None:
            update_session_auth_hash(request, changed)
            messages.success(request, _("Your password is changed."))
            return redirect(next_address(request))
    must = user.must_change_password
    return form_response(
        request,
        form=form,
        title=_("Change my password"),
        submit_label=_("Change password"),
        cancel_url="" if must else reverse("accounts:me"),
        context={"intro": _("Choose a password of your own before you go on.") if must else ""},
        template=PASSWORD_TEMPLATE,
    )


def _oneself(request: HttpRequest, user: User) -> Actor:
    """Return the person as actor for their own password, which may have to be changed before they choose how to act."""
    chosen = getattr(request, "actor", None)
    if isinstance(chosen, Actor):
        return chosen
    return Actor(
        user_id=user.pk,
        role="",
        node_id=None,
        path="",
        management_path="",
        inherits_down=False,
        department_node_id=None,
        affiliation_id=None,
    )


@require_safe
@page
def users(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "admin.read")
    return list_response(
        request,
        table_class=UserTable,
        rows=queries.users(actor),
        filterset_class=UserFilter,
        template="web/accounts/users.html",
        title=_("Users"),
        context={"may_write": decide(actor, "admin.write").allowed},
        export_name="users",
    )


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("Users"), reverse("accounts:users")), *more]


def _user_crumb(user: User) -> Crumb:
    return Crumb(user.display_name, reverse("accounts:user", args=[user.pk]))


@require_safe
@page
def user(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    person = queries.user(actor, pk)
    log_reading(request, person)
    context = {
        "title": person.display_name,
        "person": person,
        "affiliations": AffiliationTable(queries.affiliations(actor, person), request=request),
        "may_write": decide(actor, "admin.write", person).allowed,
        "is_self": actor.user_id == person.pk,
        "breadcrumbs": _crumbs(),
    }
    return render(request, "web/accounts/user.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def create_user(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "admin.write")
    form = NewUserForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        context = command_context(request)
        made = form.attempt(lambda: _make_user(context, form.cleaned_data))
        if made is not None:
            messages.success(request, _("%(name)s can sign in now.") % {"name": made.display_name})
            return redirect("accounts:user", pk=made.pk)
    return form_response(
        request,
        form=form,
        title=_("New user"),
        submit_label=_("Create user"),
        cancel_url=reverse("accounts:users"),
        context={"breadcrumbs": _crumbs()},
        template=PASSWORD_TEMPLATE,
    )


def _make_user(context: CommandContext, given: dict[str, Any]) -> User:
    """Make the user and the first affiliation, both or neither."""
    with transaction.atomic():
        made = commands.create_user(
            context,
            commands.NewUser(
                username=given["username"],
                display_name=given["display_name"],
                password=given["password"],
                email=given["email"],
                language=given["language"],
                must_change_password=True,
            ),
        )
        second = dataclasses.replace(context, key=f"{context.key}.affiliation")
        commands.create_affiliation(second, _new_affiliation(made, given))
    return made


def _new_affiliation(person: User, given: dict[str, Any]) -> commands.NewAffiliation:
    return commands.NewAffiliation(
        user_id=person.pk,
        node_id=given["node"].pk,
        role=given["role"],
        valid_from=given["valid_from"],
        valid_to=given["valid_to"],
        inherits_down=given["inherits_down"],
        department_node_id=None if given["department"] is None else given["department"].pk,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def give_affiliation(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    person = queries.user(actor, pk)
    require(actor, "admin.write", person)
    form = AffiliationForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        context = command_context(request)
        new = _new_affiliation(person, form.cleaned_data)
        if form.attempt(lambda: commands.create_affiliation(context, new)) is not None:
            messages.success(request, _("The affiliation is given."))
            return redirect("accounts:user", pk=person.pk)
    return form_response(
        request,
        form=form,
        title=_("New affiliation"),
        submit_label=_("Give affiliation"),
        cancel_url=reverse("accounts:user", args=[person.pk]),
        context={"breadcrumbs": _crumbs(_user_crumb(person))},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def end_affiliation(request: HttpRequest, pk: int) -> HttpResponse:
    actor = acting(request)
    affiliation = queries.affiliation(actor, pk)
    require(actor, "admin.write", affiliation)
    form = EndAffiliationForm(request.POST or None, initial={"expected_version": affiliation.version})
    if request.method == "POST" and form.is_valid():
        context = command_context(request)
        if form.attempt(lambda: _end(context, affiliation, form.cleaned_data)) is not None:
            messages.success(request, _("The affiliation ends on %(day)s.") % {"day": form.cleaned_data["last_day"]})
            return redirect("accounts:user", pk=affiliation.user_id)
    words = {"role": affiliation.get_role_display(), "place": name_of(affiliation.node)}
    return form_response(
        request,
        form=form,
        title=_("End an affiliation"),
        submit_label=_("End affiliation"),
        cancel_url=reverse("accounts:user", args=[affiliation.user_id]),
        context={
            "intro": _("%(role)s at %(place)s. It stays in the record.") % words,
            "breadcrumbs": _crumbs(_user_crumb(affiliation.user)),
        },
    )


def _end(context: CommandContext, affiliation: Affiliation, given: dict[str, Any]) -> Affiliation:
    seen = given["expected_version"]
    return commands.end_affiliation(
        context, affiliation, given["last_day"], affiliation.version if seen is None else seen
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def set_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a new first password, which they must change."""
    actor = acting(request)
    person = queries.user(actor, pk)
    require(actor, "admin.write", person)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        context = command_context(request)
        if form.attempt(lambda: commands.set_password(context, person, form.cleaned_data["password"])) is not None:
            messages.success(request, _("The password is set; the person must change it when they sign in."))
            return redirect("accounts:user", pk=person.pk)
    return form_response(
        request,
        form=form,
        title=_("Set a new password"),
        submit_label=_("Set password"),
        cancel_url=reverse("accounts:user", args=[person.pk]),
        context={"breadcrumbs": _crumbs(_user_crumb(person))},
        template=PASSWORD_TEMPLATE,
    )


@require_POST
@page
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut a person out, or let them in again."""
    person = queries.user(acting(request), pk)
    lets_in = request.POST.get("active") == "yes"
    commands.set_user_active(command_context(request), person, lets_in)
    messages.success(request, _("The person may sign in again.") if lets_in else _("The person is shut out."))
    return redirect("accounts:user", pk=person.pk)


@require_safe
@page
def node_suggestions(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "admin.write")
    nodes = queries.nodes_named(actor, typed_text(request))
    return suggestions_response(request, [Suggestion(node.code, name_of(node)) for node in nodes])


@require_safe
@page
def department_suggestions(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    require(actor, "admin.write")
    found = queries.departments_named(actor, typed_text(request))
    return suggestions_response(request, [Suggestion(node.code, _in_its_institution(node)) for node in found])


def _in_its_institution(department: OrganisationNode) -> str:
    name = name_of(department)
    return name if department.parent is None else f"{name} · {name_of(department.parent)}"
