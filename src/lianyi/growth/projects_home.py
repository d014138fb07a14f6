"""What of the projects waits on the home page: milestones due or late, and milestones that wait for my signature."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from lianyi.accounts.actors import Actor
from lianyi.growth.commands.project_milestones import signing_problem
from lianyi.growth.models import Milestone
from lianyi.growth.projects_authority import acts_in, side_of
from lianyi.growth.queries import projects as queries
from lianyi.pages.home import HomeItem, register_home_provider

DAYS_AHEAD = 14


def register() -> None:
    register_home_provider(items)


def items(actor: Actor) -> list[HomeItem]:
    """Return what the actor can move on."""
    today = timezone.localdate()
    due = [
        each
        for each in queries.due_milestones(actor, today + datetime.timedelta(days=DAYS_AHEAD))
        if acts_in(actor, each.project)
    ]
    late = [each for each in due if each.planned_to < today]
    soon = [each for each in due if each.planned_to >= today]
    waiting = [each for each in queries.waiting_milestones(actor) if can_sign(actor, each)]
    found = []
    if late:
        text = ngettext("Milestone of a project is late", "Milestones of projects are late", len(late))
        address = f"{reverse('growth:projects')}?late=yes"
        found.append(HomeItem(text, address, len(late), tone="bad", due_on=late[0].planned_to))
    if soon:
        text = ngettext("Milestone of a project is due soon", "Milestones of projects are due soon", len(soon))
        found.append(HomeItem(text, reverse("growth:projects"), len(soon), tone="info", due_on=soon[0].planned_to))
    if waiting:
        text = ngettext("Milestone waits for your signature", "Milestones wait for your signature", len(waiting))
        address = f"{reverse('growth:projects')}?waiting=yes"
        found.append(HomeItem(text, address, len(waiting), tone="warning", due_on=waiting[0].reached_on))
    return found


def can_sign(actor: Actor, row: Milestone) -> bool:
    """Tell whether the actor may sign a milestone that waits, by project, side and person."""
    project = row.project
    return acts_in(actor, project) and not signing_problem(row, side_of(actor, project).value, actor.user_id)
