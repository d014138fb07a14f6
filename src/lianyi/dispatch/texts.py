"""What dispatch says to people: problems of a line, refusals, names of actions, tones of states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lianyi.dispatch.checks import PublicationProblem
from lianyi.dispatch.machine import STEPS
from lianyi.dispatch.models import Batch, Posting, PostingState
from lianyi.dispatch.needs_texts import NEED_PROBLEM_TEXTS
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.names import in_language, name_of
from lianyi.pages.values import shown
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from lianyi.registry.reference_names import reference_name

Text = str | Promise

STATE_TONES: Mapping[str, str] = {
    PostingState.DRAFT: "neutral",
    PostingState.PLANNED: "info",
    PostingState.TRAVELLING: "info",
    PostingState.ON_SITE: "good",
    PostingState.EXTENDED: "good",
    PostingState.RETURNED_EARLY: "warning",
    PostingState.VOID: "bad",
}

PROBLEM_TEXTS: Mapping[str, Text] = {
    "outside-term": gettext_lazy("The days do not lie within the agreement's term (%(from)s to %(to)s)."),
    "agreement-not-in-force": gettext_lazy("The agreement %(agreement)s is not in force."),
    "institution-closed": gettext_lazy("%(institution)s is not open on these days."),
    "not-employed": gettext_lazy("The person is employed only until %(until)s."),
    "double-booking": gettext_lazy("The person is sent elsewhere by posting %(other)s (%(from)s to %(to)s)."),
    "stay-open": gettext_lazy(
        "The person is still recorded at %(institution)s by posting %(other)s, planned to end on %(planned)s. Record "
        "the end of that stay first."
    ),
    "arrival-misplaced": gettext_lazy("The arrival on %(given)s does not fit the planned days or the agreement."),
    "unavailable": gettext_lazy("The person cannot be sent from %(from)s to %(to)s (leave or training)."),
    "approval-missing": gettext_lazy("The approval is missing: %(side)s."),
    "approval-refused": gettext_lazy("The approval was refused: %(side)s."),
    "home-cover": gettext_lazy(
        "%(department)s would keep %(present)s on duty from %(from)s; at least %(minimum)s must stay."
    ),
}

ERROR_TEXTS: Mapping[str, Text] = {
    "publication-refused": gettext_lazy(
        "Nothing was published: some lines have problems. Mend them or leave them out, then publish again."
    ),
    "posting-step": gettext_lazy(
        "This step does not follow from the state of the posting any more. Open the posting again: it shows the steps."
    ),
    "certificate-refused": gettext_lazy("A certificate cannot be made for %(posting)s."),
    "certificate-refused.not-arrived": gettext_lazy(
        "A certificate cannot be made for %(posting)s: no arrival is recorded, so no day was served yet. "
        "Record the arrival first."
    ),
    "certificate-refused.void": gettext_lazy(
        "A certificate cannot be made for %(posting)s: it was cancelled or entered in error."
    ),
}

DRAFTED: Text = gettext_lazy("Line written")
CHANGED: Text = gettext_lazy("Line changed")
LAPSED: Text = gettext_lazy("Approvals lapsed")
CORRECTED: Text = gettext_lazy("Days corrected")

_ACTIONS: Mapping[str, Text] = {
    "dispatch.posting.draft": gettext_lazy("Line of a plan written"),
    "dispatch.posting.change": gettext_lazy("Line of a plan changed"),
    "dispatch.posting.link": gettext_lazy("Predecessor named"),
    "dispatch.posting.answer": gettext_lazy("Posting approved or refused"),
    "dispatch.posting.lapse": LAPSED,
    "dispatch.posting.correct": CORRECTED,
    "dispatch.absence.add": gettext_lazy("Absence noted"),
    "dispatch.absence.void": gettext_lazy("Absence taken back"),
    "dispatch.batch.create": gettext_lazy("Batch planned"),
    "dispatch.team.create": gettext_lazy("Team formed"),
    **{f"dispatch.posting.{step.name}": step.label for step in STEPS},
}

STEP_WORDS: Mapping[str, Text] = {
    "draft": DRAFTED,
    "change": CHANGED,
    "lapse": LAPSED,
    "correct": CORRECTED,
    **{step.name: step.label for step in STEPS},
}


def register() -> None:
    """Give the pages the words of dispatch."""
    register_error_texts(ERROR_TEXTS)
    register_action_names(_ACTIONS)


def problem_text(problem: PublicationProblem) -> str:
    """Say in the reader's language why a line cannot be published."""
    params = {name: shown(value) for name, value in problem.params.items()}
    if "side" in params:
        params["side"] = side_word(params["side"])
    return str({**PROBLEM_TEXTS, **NEED_PROBLEM_TEXTS}[problem.code]) % params


def problem_texts(problems: Iterable[PublicationProblem]) -> list[str]:
    """Say every problem once, in the order given."""
    return list(dict.fromkeys(problem_text(problem) for problem in problems))


def side_word(side: str) -> str:
    return str(dict(Agreement.Approval.choices).get(side, side))


def specialty_word(code: str) -> str:
    """Name a specialty; postings without one say so."""
    return reference_name("specialties", code) or _("no specialty given")


def institution_kind_word(code: str) -> str:
    return reference_name("institution_kinds", code)


def title_word(staff: Staff) -> str:
    """Name a person's title: as written in their file, which is Chinese; in English by its rank."""
    return in_language(staff.title, reference_name("title_ranks", staff.title_rank))


def title_held_word(posting: Posting) -> str:
    """Name the title with which a person is sent, whatever they became since."""
    return in_language(posting.held_title, reference_name("title_ranks", posting.held_title_rank))


def days_word(days: int) -> str:
    """Count days in the reader's language."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def batch_word(batch: Batch | None) -> str:
    """Name a batch as it was named, which mostly tells its number, else by its number."""
    if batch is None:
        return ""
    return name_of(batch) or _("Batch %(number)s") % {"number": batch.number}
