"""Forms of one's own account and of the administration of users."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianyi.accounts.actors import Actor
from lianyi.accounts.affiliation_checks import ROLES_OF_A_DEPARTMENT
from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.queries import affiliations_today, department_with_code, node_with_code
from lianyi.accounts.roles import Role
from lianyi.pages.forms import CommandForm
from lianyi.pages.lookups import LookupWidget
from lianyi.pages.names import name_of
from lianyi.pages.requests import acting

ACTIVE_CHOICES = (("yes", _("active")), ("no", _("shut out")))


def _password_field(label: Any, autocomplete: str) -> forms.CharField:  # noqa: ANN401 - a lazy text
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget)


class NewPasswordForm(CommandForm):
    """A new password, typed twice."""

    password = _password_field(_("New password"), "new-password")
    repeated = _password_field(_("New password again"), "new-password")

    @property
    def policy(self) -> list[str]:
        """The rules of a password, as people read them."""
        return password_validators_help_texts()

    def clean_repeated(self) -> str:
        repeated: str = self.cleaned_data["repeated"]
        if self.cleaned_data.get("password") != repeated:
            raise forms.ValidationError(_("The two passwords differ. Type the same one twice."))
        return repeated


class OwnPasswordForm(NewPasswordForm):
    """A new password for oneself: the present one proves that it is really the person."""

    present = _password_field(_("Present password"), "current-password")
    field_order = ("present", "password", "repeated")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_present(self) -> str:
        present: str = self.cleaned_data["present"]
        if not self.user.check_password(present):
            raise forms.ValidationError(_("This is not your present password."))
        return present


class AffiliationForm(CommandForm):
    """A role at an institution or place, from a day on."""

    node = forms.CharField(
        label=_("Institution or place"),
        max_length=64,
        help_text=_("Type a code or a part of the name and choose from the list."),
        widget=LookupWidget("accounts:nodes"),
    )
    role = forms.ChoiceField(label=_("Role"), choices=[("", "—"), *Role.choices])
    department = forms.CharField(
        label=_("Department"),
        required=False,
        max_length=64,
        help_text=_("A head of department needs one. Type its code or a part of its name and choose from the list."),
        widget=LookupWidget("accounts:departments"),
    )
    valid_from = forms.DateField(label=_("From"), initial=timezone.localdate)
    valid_to = forms.DateField(label=_("To"), required=False, help_text=_("Leave empty when no end is known."))
    inherits_down = forms.BooleanField(label=_("Includes everything below"), required=False, initial=True)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self.actor = actor
        super().__init__(*args, **kwargs)
        if not actor.inherits_down:
            self.fields["inherits_down"].disabled = True
            self.fields["inherits_down"].initial = False

    def clean_node(self) -> OrganisationNode:
        code = self.cleaned_data["node"].strip()
        node = node_with_code(self.actor, code)
        if node is None:
            raise forms.ValidationError(
                _("'%(code)s' is no code of an institution or place within your reach. Choose one from the list."),
                params={"code": code},
            )
        return node

    def clean_department(self) -> OrganisationNode | None:
        code, node = self.cleaned_data["department"].strip(), self.cleaned_data.get("node")
        if not code or node is None:
            return None
        # Whoever knows the institution's own short code need not put the institution's before it.
        within = code if code.startswith(f"{node.code}/") else f"{node.code}/{code}"
        department = department_with_code(self.actor, within)
        if department is None:
            raise forms.ValidationError(
                _("'%(code)s' is no code of a department of %(institution)s. Choose one from the list."),
                params={"code": code, "institution": name_of(node)},
            )
        return department

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("role") in ROLES_OF_A_DEPARTMENT and given.get("department") is None:
            self.add_error("department", _("A head of department needs a department."))
        return given


class NewUserForm(AffiliationForm):
    """A user with the first affiliation, without which they could do nothing."""

    username = forms.CharField(label=_("User name"), max_length=64, help_text=_("What the person types to sign in."))
    display_name = forms.CharField(label=_("Name"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("that of the browser")), *settings.LANGUAGES]
    )
    password = _password_field(_("First password"), "new-password")
    field_order = (
        *("username", "display_name", "email", "language", "password"),
        *("node", "role", "department", "valid_from"),
    )

    @property
    def policy(self) -> list[str]:
        return [*password_validators_help_texts(), str(_("The person must change it when they sign in."))]


class EndAffiliationForm(CommandForm):
    last_day = forms.DateField(label=_("Last day"), initial=timezone.localdate)


class UserFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By name, role and whether the person may sign in."""

    q = django_filters.CharFilter(method="with_text", label=_("Name or user name"))
    role = django_filters.ChoiceFilter(method="with_role", choices=Role.choices, label=_("Role"))
    active = django_filters.ChoiceFilter(method="with_state", choices=ACTIVE_CHOICES, label=_("State"))

    def with_text(self, rows: QuerySet[User, Any], _name: str, value: str) -> QuerySet[User, Any]:
        return rows.filter(Q(username__icontains=value) | Q(display_name__icontains=value))

    def with_role(self, rows: QuerySet[User, Any], _name: str, value: str) -> QuerySet[User, Any]:
        # Only what the list shows: a role held elsewhere is none of this administrator's business.
        holders = affiliations_today(acting(self.request)).filter(role=value)
        return rows.filter(pk__in=holders.order_by().values("user_id"))

    def with_state(self, rows: QuerySet[User, Any], _name: str, value: str) -> QuerySet[User, Any]:
        return rows.filter(is_active=value == "yes")
