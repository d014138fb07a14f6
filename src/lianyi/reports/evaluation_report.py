"""The whole page about an evaluation as one document of plain values; page, PDF and DOCX are made from it."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.indicators.evaluation_answers import panel_of_result
from lianyi.indicators.evaluation_disclosure import veil_for
from lianyi.indicators.evaluation_history import history_of
from lianyi.indicators.evaluation_machine import TOLD_STATES
from lianyi.indicators.models import Evaluation, EvaluationState
from lianyi.indicators.queries import evaluations as queries
from lianyi.pages.names import in_language, name_of
from lianyi.reports.content import Cell, Fact, Grid, Part, Report
from lianyi.reports.evaluation_parts import (
    after_part,
    answer_part,
    beside_part,
    comparison_part,
    evenness_part,
    level_parts,
    sensitivity_part,
)
from lianyi.reports.evaluation_told import Told


def told_of(actor: Actor, row: Evaluation) -> Told:
    """Return an evaluation with its newest answer as the actor may read it.

    Raises
    ------
    NotFoundInScopeError
        While there is no answer.
    """
    result = queries.newest_result(actor, row)
    if result is None or row.state not in TOLD_STATES:
        raise NotFoundInScopeError("Nothing is computed yet.", model="EvaluationResult")
    units, kept = tuple(queries.units_of(actor, row)), result.document
    panel = panel_of_result(actor, row, units, kept)
    return Told(actor, row, units, result, kept, panel, veil_for(actor, row, panel), history_of(row))


def report_of_evaluation(told: Told) -> Report:
    """Return the page about an evaluation in the active language."""
    return Report(
        title=_("Evaluation of a partnership"),
        subtitle=told.row.question,
        marks=_marks(told),
        facts=_facts(told),
        parts=(
            answer_part(told),
            *level_parts(told),
            beside_part(told),
            after_part(told),
            evenness_part(told),
            comparison_part(told),
            sensitivity_part(told),
            _made_of_part(told),
        ),
        limits_title=_("What this cannot say"),
        limits=_limits(told),
        signed=(_("For the analyst"), _("For the reviewer")),
    )


def _marks(told: Told) -> tuple[str, ...]:
    row, found = told.row, []
    if row.is_sample:
        found.append(_("Sample data"))
    if row.state != EvaluationState.PUBLISHED:
        found.append(_("Not published: %(state)s") % {"state": row.get_state_display()})
    if told.history.after_results:
        found.append(_("The question was changed after results were seen"))
    return tuple(found)


def _facts(told: Told) -> tuple[Fact, ...]:
    row, history = told.row, told.history
    reviewed = f"{history.reviewed_on} · {history.reviewed_by}" if history.reviewed_on else ""
    return (
        Fact(_("Place or institution that was helped"), name_of(row.node)),
        Fact(
            _("Agreement"), "" if row.agreement is None else f"{row.agreement.code} {name_of(row.agreement, 'title')}"
        ),
        Fact(_("Help began in"), row.starts),
        Fact(_("The team left in"), row.left or pgettext("evaluation", "still there")),
        Fact(_("Question fixed"), f"{history.fixed_on} · {history.fixed_by}"),
        Fact(_("Computed"), f"{timezone.localtime(told.result.computed_at):%Y-%m-%d %H:%M} · {told.result.user}"),
        Fact(_("Reviewed by another"), reviewed),
        Fact(_("What the reviewer says"), history.review),
        Fact(_("Why the question was changed"), row.change_reason),
    )


def _made_of_part(told: Told) -> Part:
    """Name everything the answer was made of: definitions, figures, software, seed, and the sums that prove it."""
    row, kept = told.row, told.kept
    rows = [
        (
            Cell(in_language(each["zh"], each["en"]), reverse("indicators:definition", args=[each["code"]])),
            Cell(f"{each['code']} · {each['version']}"),
        )
        for each in kept["definitions"]
    ]
    if kept["table"] is not None:
        rows.append((Cell(kept["table"]["name"]), Cell(_hash(kept["table"]["sha256"]))))
    rows += [
        (
            Cell(_("Figures behind the answer"), reverse("indicators:evaluation-rows", args=[row.pk])),
            Cell(_("%(count)s rows") % {"count": f"{kept['rows']:,}"}),
        ),
        (Cell(_("Fixed question")), Cell(_hash(kept["question_sha256"]))),
        (Cell(pgettext("evaluation", "Result")), Cell(_hash(told.result.sha256))),
        (Cell(_("Software and seed")), Cell(f"Lianyi {kept['software']} · {kept['seed']}")),
    ]
    sentences = []
    if kept["without_figures"]:
        sentences.append(
            _("Units of the question without any figure: %(units)s.")
            % {"units": ", ".join(kept["without_figures"][:12])}
        )
    return Part(
        key="made-of",
        title=_("What the answer is made of"),
        sentences=tuple(sentences),
        grid=Grid((pgettext("evaluation", "What"), pgettext("evaluation", "Which")), tuple(rows)),
    )


def _hash(text: str) -> str:
    """Return a sum in groups, so that it breaks over lines on paper."""
    return " ".join(["SHA-256", *(text[at : at + 8] for at in range(0, len(text), 8))])


def _limits(told: Told) -> tuple[str, ...]:
    found = []
    if told.is_compared:
        found.append(
            _(
                "Units for comparison show what happened elsewhere, not what would have happened here. If patients "
                "moved from them to the helped units, the effect looks larger."
            )
        )
    else:
        found.append(_("Nothing is compared with: whatever else changed at the same time is counted as effect."))
    found.append(_("The line without help takes the former course as going on; the further from the start, the less."))
    found.append(_("A level is told by the mean of its units that have a figure for every time; others are not known."))
    if not told.row.left:
        found.append(_("The team is still there: whether anything stays when it leaves is not known."))
    if told.history.rows_seen:
        found.append(
            _(
                "When the question was fixed, %(count)s rows from after the start were there already; whoever fixed it "
                "may have seen them."
            )
            % {"count": told.history.rows_seen}
        )
    found.append(
        _("A change is not a success by itself: whether more cases, costs or days are good is for people to judge.")
    )
    if told.veil.threshold:
        found.append(_("Small counts are hidden from those who only read."))
    return tuple(found)
