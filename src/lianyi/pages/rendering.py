"""How every form of the site is drawn: Bootstrap's classes, the browser's date fields, errors beside their field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates

_DATE_FORMAT = "%Y-%m-%d"
_MOMENT_FORMAT = "%Y-%m-%dT%H:%M"


def _css_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "" if widget.is_hidden else "form-control"


class PageBoundField(BoundField):
    """A field of a form on a page."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        widget = field.widget
        if isinstance(widget, forms.DateInput) and not widget.is_hidden:
            widget.input_type, widget.format = "date", _DATE_FORMAT
        elif isinstance(widget, forms.DateTimeInput) and not widget.is_hidden:
            widget.input_type, widget.format = "datetime-local", _MOMENT_FORMAT

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        shown = widget or self.field.widget
        names = [shown.attrs.get("class", ""), _css_class(shown), "is-invalid" if self.errors else ""]
        joined = " ".join(name for name in names if name)
        return {**built, "class": joined} if joined else built

    @property
    def is_check(self) -> bool:
        """Whether the label stands behind the field."""
        return isinstance(self.field.widget, forms.CheckboxInput)


class PageRenderer(DjangoTemplates):
    """The renderer named in the settings, so that every form of every application looks the same."""

    form_template_name = "web/form.html"
    bound_field_class = PageBoundField
