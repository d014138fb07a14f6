"""Tables of techniques."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lianyi.growth.models import DepartmentTechnique
from lianyi.growth.technique_ladders import Climbed, TeamStays, climbed
from lianyi.growth.technique_texts import STANDING_TONES, STANDING_WORDS, TEAM_TONES, TEAM_WORDS
from lianyi.methods.technique_ladder import Rung
from lianyi.pages.columns import NAME_CELL, DateColumn
from lianyi.pages.names import name_of
from lianyi.pages.values import shown

UNBROKEN = {"td": {"class": "unbroken"}}


class TechniqueTable(tables.Table):  # type: ignore[misc]
    """Techniques, how far each has come and what became of it."""

    code = tables.Column(attrs=UNBROKEN, verbose_name=_("Number"))
    name = tables.Column(accessor="pk", order_by=("name_zh", "pk"), attrs=NAME_CELL, verbose_name=_("Technique"))
    institution = tables.Column(order_by=("institution__name_zh",), attrs=NAME_CELL, verbose_name=_("Institution"))
    department = tables.Column(order_by=("department__name_zh",), verbose_name=_("Department"))
    standing = tables.Column(accessor="pk", orderable=False, verbose_name=_("Standing"))
    chosen_on = DateColumn(verbose_name=_("Chosen on"))
    alone_from = tables.Column(accessor="pk", orderable=False, attrs=UNBROKEN, verbose_name=_("Done alone from"))
    last_alone = tables.Column(accessor="pk", orderable=False, attrs=UNBROKEN, verbose_name=_("Last case done alone"))
    team = tables.Column(accessor="pk", orderable=False, verbose_name=_("After the team left"))
    agreement = tables.Column(order_by=("agreement__code",), visible=False, verbose_name=_("Agreement"))

    empty_hint = _("Choose a technique for a department, or import a table of techniques.")

    class Meta:
        model = DepartmentTechnique
        fields = (
            "code",
            "name",
            "institution",
            "department",
            "standing",
            "chosen_on",
            "alone_from",
            "last_alone",
            "team",
        )
        empty_text = _("No technique lies within your reach yet.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of every table
        super().__init__(*args, **kwargs)
        self._teams = TeamStays(timezone.localdate())
        self._climbed: dict[int, Climbed] = {}

    def _of(self, record: DepartmentTechnique) -> Climbed:
        if record.pk not in self._climbed:
            # Who teaches is read at once for all institutions of the page, or of the list when it is exported.
            shown_rows = self.paginated_rows if hasattr(self, "page") else self.rows
            self._teams.read(row.record.institution_id for row in shown_rows)
            self._climbed[record.pk] = climbed(record, self._teams)
        return self._climbed[record.pk]

    def render_name(self, record: DepartmentTechnique) -> SafeString:
        mark = SafeString(render_to_string("web/sample_mark.html", {"provenance": record.provenance}))
        return format_html('<a href="{}">{}</a> {}', record.get_absolute_url(), name_of(record), mark)

    def value_name(self, record: DepartmentTechnique) -> str:
        return name_of(record)

    def render_institution(self, record: DepartmentTechnique) -> str:
        return name_of(record.institution)

    def render_department(self, record: DepartmentTechnique) -> SafeString:
        address = reverse("growth:ladder", args=[record.department_id])
        return format_html('<a href="{}">{}</a>', address, name_of(record.department))

    def value_department(self, record: DepartmentTechnique) -> str:
        return name_of(record.department)

    def render_standing(self, record: DepartmentTechnique) -> SafeString:
        standing = self._of(record).ladder.standing
        return _tag(str(STANDING_WORDS[standing]), STANDING_TONES[standing])

    def value_standing(self, record: DepartmentTechnique) -> str:
        return str(STANDING_WORDS[self._of(record).ladder.standing])

    def render_alone_from(self, record: DepartmentTechnique) -> str:
        return shown(self.value_alone_from(record))

    def value_alone_from(self, record: DepartmentTechnique) -> Any:  # noqa: ANN401 - a day or nothing
        return self._of(record).ladder.reached_on(Rung.INDEPENDENT)

    def render_last_alone(self, record: DepartmentTechnique) -> str:
        return shown(self.value_last_alone(record))

    def value_last_alone(self, record: DepartmentTechnique) -> Any:  # noqa: ANN401 - a day or nothing
        return self._of(record).ladder.last_alone_on

    def render_team(self, record: DepartmentTechnique) -> SafeString:
        state = self._of(record).team.state
        return _tag(str(TEAM_WORDS[state]), TEAM_TONES[state])

    def value_team(self, record: DepartmentTechnique) -> str:
        return str(TEAM_WORDS[self._of(record).team.state])

    def render_agreement(self, record: DepartmentTechnique) -> str:
        return name_of(record.agreement, "title")


class TechniqueEvidenceTable(TechniqueTable):
    """The techniques behind a counted figure."""

    class Meta(TechniqueTable.Meta):
        empty_text = _("No technique stands behind this figure.")


def _tag(word: str, tone: str) -> SafeString:
    return SafeString(render_to_string("web/tag.html", {"word": word, "tone": tone}))
