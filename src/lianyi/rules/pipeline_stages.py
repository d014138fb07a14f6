"""Stages of the pipeline from an idea to its spread, and what each needs: a dated catalogue in TOML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.parsing import read_words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.schema import Words
    from lianyi.rules.tables import Table

FOLDER = "pipeline_stages"
"""The folder of catalogues in the package, and in each directory that a bureau names."""

_KEYS = (*HEAD_KEYS, "warn_days", "check_months", "stages")
_STAGE_KEYS = ("id", "name", "needs", "may_skip", "needs_approval")
_BOTH = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: what it needs, whether it may be skipped with a reason, whether people are tried on in it."""

    id: str
    name: Words
    needs: Words
    may_skip: bool
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class PipelineStages(Headed):
    """The stages in order; how early an approval that runs out is shown, and when use is checked again."""

    warn_days: int
    check_months: int
    stages: tuple[Stage, ...]

    def stage(self, stage_id: str) -> Stage | None:
        return next((each for each in self.stages if each.id == stage_id), None)

    def after(self, stage_id: str) -> Stage | None:
        """Return the stage after one; None after the last."""
        found = [position for position, each in enumerate(self.stages) if each.id == stage_id]
        following = self.stages[found[0] + 1 :] if found else ()
        return following[0] if following else None


class PipelineStagesBook(SuccessionBook[PipelineStages]):
    """All catalogues of stages."""

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No catalogue of stages holds on {day}; the first begins on {self.sets[0].valid_from}.",
            reason="pipeline-stages",
            on=day,
        )


def load_pipeline_stages(directories: Sequence[Path] = ()) -> PipelineStagesBook:
    """Read the catalogues of the package and every ``pipeline_stages/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return PipelineStagesBook(succession(parse_folder(FOLDER, directories, parse_pipeline_stages)))


def parse_pipeline_stages(file: str, content: bytes) -> PipelineStages:
    """Read one catalogue.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    return PipelineStages(
        **head_of(table, file),
        warn_days=table.integer("warn_days"),
        check_months=table.integer("check_months"),
        stages=tuple(_stages(table.tables("stages", _STAGE_KEYS, named_by="id"))),
    )


def _stages(entries: Iterable[Table]) -> Iterable[Stage]:
    seen: set[str] = set()
    for entry in entries:
        stage = entry.text("id")
        if stage in seen:
            raise entry.refuse("id", repr(stage), "a stage that stands nowhere else in the file")
        seen.add(stage)
        yield Stage(
            id=stage,
            name=read_words(entry.table("name", _BOTH)),
            needs=read_words(entry.table("needs", _BOTH)),
            may_skip="may_skip" in entry and entry.boolean("may_skip"),
            needs_approval="needs_approval" in entry and entry.boolean("needs_approval"),
        )
