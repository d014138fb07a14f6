"""Money of a project: lines are added and corrected by another line, never changed."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db.models import Max

from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.errors import InvalidInputError
from lianyi.growth.commands.projects import made
from lianyi.growth.models import Project, ProjectMoney
from lianyi.growth.projects_authority import require_on_project
from lianyi.growth.projects_checks import check_money


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMoney:
    kind: str
    money_source: str
    amount_yuan: Decimal
    on: datetime.date
    purpose: str = ""


@command("growth.project_money.add")
def add_money(context: CommandContext, project: Project, new: NewMoney) -> ProjectMoney:
    """Note money that was planned, committed or spent."""
    require_on_project(context.actor, "growth.write", project)
    row = ProjectMoney(project=project, number=_next_number(project), **asdict(new))
    check_money(row)
    return made(context, "growth.project_money.add", row)


@command("growth.project_money.correct")
def correct_money(context: CommandContext, wrong: ProjectMoney, new: NewMoney) -> ProjectMoney:
    """Write the line that counts instead of a wrong one; the wrong one stays readable."""
    require_on_project(context.actor, "growth.write", wrong.project)
    if ProjectMoney.objects.filter(corrects=wrong).exists():
        raise InvalidInputError(
            "This line is corrected already; correct the line that stands for it.", reason="project-corrected-twice"
        )
    row = ProjectMoney(project=wrong.project, number=_next_number(wrong.project), corrects=wrong, **asdict(new))
    check_money(row)
    return made(context, "growth.project_money.correct", row)


def _next_number(project: Project) -> int:
    last: int | None = project.money.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
