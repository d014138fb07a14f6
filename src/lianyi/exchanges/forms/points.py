"""What people type about points, turned into what the commands take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianyi.accounts.actors import Actor
from lianyi.exchanges.categories import category_choices
from lianyi.exchanges.commands import NewPoint
from lianyi.exchanges.confidence import answers_for_members
from lianyi.exchanges.forms.visits import NONE, StaffField, staff_text, words_field
from lianyi.exchanges.machines.points import PointStep
from lianyi.exchanges.models import OPEN_KINDS, ExchangeVisit, Point, PointKind
from lianyi.exchanges.queries.points import beside, former_points
from lianyi.pages.forms import CommandForm
from lianyi.pages.names import name_of
from lianyi.partnerships.forms import InstitutionField
from lianyi.registry.models import Department, Staff

_SHOWN_LETTERS = 60


def point_label(row: Point) -> str:
    """Return a point in a line short enough for a list to choose from."""
    words = name_of(row, "statement")
    return f"{row} {words[:_SHOWN_LETTERS]}{'…' if len(words) > _SHOWN_LETTERS else ''}"


class PointForm(CommandForm):
    """A point, new or changed before it is sorted."""

    kind = forms.ChoiceField(label=_("Kind"))
    category = forms.ChoiceField(label=_("Category"))
    statement_zh = words_field(_("What was raised, in Chinese"))
    statement_en = words_field(_("What was raised, in English"))
    evidence = words_field(_("Evidence"))
    raised_by_staff = StaffField(label=_("Raised by the staff member"))
    raised_by = forms.CharField(label=_("Raised by, in words"), max_length=200, required=False)
    raised_by_institution = InstitutionField(label=_("Raised by the institution"), required=False)
    institution = InstitutionField(label=_("About the institution"), required=False)
    department = forms.CharField(
        label=_("About the department"),
        max_length=32,
        required=False,
        help_text=pgettext_lazy("visit", "The department's code there."),
    )
    raised_on = forms.DateField(label=_("Raised on"))

    def __init__(self, actor: Actor, visit: ExchangeVisit, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self.row: Point | None = kwargs.pop("row", None)
        self.about_member: bool = kwargs.pop("about_member", False)
        super().__init__(*args, **kwargs)
        self.actor, self.visit = actor, visit
        self._choose_kind()
        staff = self.fields["raised_by_staff"]
        if isinstance(staff, StaffField):
            staff.actor = actor
        if self.row is None:
            self._offer_former()

    def _choose_kind(self) -> None:
        kinds = (PointKind.DIFFICULTY,) if self.about_member else OPEN_KINDS
        day = self.visit.starts_on
        kind, category = self.fields["kind"], self.fields["category"]
        kind.choices = [(each.value, each.label) for each in kinds]  # type: ignore[attr-defined]
        category.choices = category_choices(day, of_difficulties=self.about_member)  # type: ignore[attr-defined]
        if self.about_member:
            kind.widget = forms.HiddenInput()
            kind.initial = PointKind.DIFFICULTY.value

    def _offer_former(self) -> None:
        rows = former_points(self.actor, self.visit)
        same = [row for row in rows if row.is_confidential is self.about_member]
        if not same:
            return
        choices = [NONE, *((str(row.pk), point_label(row)) for row in same)]
        self.fields["former"] = forms.ChoiceField(
            label=_("Comes back from the former point"),
            choices=choices,
            required=False,
            help_text=_("Its action opens again, and nothing has to be sorted."),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["department_id"] = self._department(data)
        return data

    def _department(self, data: dict[str, Any]) -> int | None:
        code, institution = str(data.get("department") or "").strip(), data.get("institution")
        if not code:
            return None
        found = Department.objects.filter(institution=institution, code=code).values_list("pk", flat=True).first()
        if found is None:
            self.add_error("department", forms.ValidationError(_("The institution has no department with this code.")))
        return found

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("kind", "category", "statement_zh", "statement_en", "evidence", "raised_by", "raised_on")
        rows = ("raised_by_staff", "raised_by_institution", "institution")
        keys = {f"{name}_id": None if given[name] is None else given[name].pk for name in rows}
        return {**{name: given[name] for name in names}, **keys, "department_id": given["department_id"]}

    def new(self) -> NewPoint:
        former = self.cleaned_data.get("former") or ""
        return NewPoint(former_id=int(former) if former else None, **self.facts())

    def first_values(self) -> dict[str, Any]:
        """Return what a new form begins with: today or the last day of the visit, and the member who writes."""
        day = min(timezone.localdate(), self.visit.ends_on)
        found: dict[str, Any] = {"raised_on": max(day, self.visit.starts_on)}
        if self.about_member and not answers_for_members(self.actor, self.visit):
            own = Staff.objects.select_related("institution").filter(user_id=self.actor.user_id).first()
            found["raised_by_staff"] = staff_text(own)
        return found

    @staticmethod
    def initial_of(row: Point) -> dict[str, Any]:
        names = ("kind", "category", "statement_zh", "statement_en", "evidence", "raised_by", "raised_on")
        codes = {
            "raised_by_staff": staff_text(row.raised_by_staff),
            "raised_by_institution": "" if row.raised_by_institution is None else row.raised_by_institution.code,
            "institution": "" if row.institution is None else row.institution.code,
            "department": "" if row.department is None else row.department.code,
        }
        return {**{name: getattr(row, name) for name in names}, **codes, "expected_version": row.version}


class PointStepForm(CommandForm):
    """One way to sort a point, with what the table asks for."""

    def __init__(self, actor: Actor, step: PointStep, row: Point, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        if step.needs_target:
            choices = [NONE, *((str(each.pk), point_label(each)) for each in beside(actor, row))]
            self.fields["target"] = forms.ChoiceField(label=_("Into the point"), choices=choices)
        label = _("Answer or reason") if step.needs_answer else _("In a sentence")
        self.fields["reason"] = forms.CharField(
            label=label, required=step.needs_answer, widget=forms.Textarea(attrs={"rows": 2})
        )

    def target_id(self) -> int | None:
        target = self.cleaned_data.get("target") or ""
        return int(target) if target else None
