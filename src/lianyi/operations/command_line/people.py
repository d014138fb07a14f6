"""user: add, list, password, affiliate, end, staff, lock, unlock."""
# ruff: noqa: PLC0415 - the work is imported, with Django, when a command runs, so that --help answers at once

from __future__ import annotations

import datetime
from typing import Any

import click

from lianyi.operations.command_line import options
from lianyi.operations.console import print_json, print_table, say, start_django


@click.group()
def user() -> None:
    """Make users, give them affiliations, set passwords, lock and unlock."""


def _ready() -> None:
    start_django()
    from lianyi.operations.initialising import require_database

    require_database()


def _print_user(document: dict[str, Any], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        say(words)


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The name to show, such as 张示例.")
@click.option("--email", default="", help="E-mail address.")
@click.option("--language", type=click.Choice(["zh-hans", "en"]), default=None, help="Language of the pages.")
@click.option("--must-change-password", is_flag=True, help="Ask for a new password at the first login.")
@options.password_from_stdin
@options.as_json
def add(
    username: str,
    name: str,
    email: str,
    language: str | None,
    *,
    must_change_password: bool,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Make a user. What they may do comes from affiliations; see `lianyi user affiliate`."""
    _ready()
    from lianyi.accounts.commands import NewUser
    from lianyi.operations.users import add_user, describe

    password = options.read_password(from_stdin=password_stdin)
    made = add_user(NewUser(username, name, password, email, language or "", must_change_password))
    _print_user(describe(made), f"Made the user {made.username}.", as_json=as_json)


@user.command("list")
@options.as_json
def list_command(*, as_json: bool) -> None:
    """List users with their affiliations."""
    _ready()
    from lianyi.operations.users import list_users

    found = list_users()
    if as_json:
        print_json(found)
        return
    print_table(
        ("user name", "name", "active", "affiliation", "role", "at", "from", "to"),
        [
            (
                each["username"],
                each["name"],
                "yes" if each["is_active"] else "LOCKED",
                held.get("id", "-"),
                held.get("role", ""),
                f"{held.get('code', '')} {held.get('name', '')}",
                held.get("valid_from", ""),
                held.get("valid_to") or "",
            )
            for each in found
            for held in each["affiliations"] or [{}]
        ],
    )


@user.command("password")
@click.argument("username")
@options.password_from_stdin
def password_command(username: str, *, password_stdin: bool) -> None:
    """Give a user a new password."""
    _ready()
    from lianyi.operations.users import change_password

    changed = change_password(username, options.read_password(from_stdin=password_stdin))
    say(f"Changed the password of {changed.username}.")


@user.command("affiliate")
@click.argument("username")
@click.option("--at", required=True, metavar="CODE", help="Code of the institution or place.")
@click.option("--role", required=True, help="Role, such as administrator or lead_office; a wrong one lists all.")
@click.option("--from", "valid_from", type=options.DAY, help="First day; without it today.")
@click.option("--to", "valid_to", type=options.DAY, help="Last day; without it open.")
@click.option(
    "--department",
    default="",
    metavar="CODE",
    help="Department inside the institution; a head of department needs one.",
)
@click.option("--only-here", is_flag=True, help="Does not reach what lies below.")
@options.as_json
def affiliate_command(
    username: str,
    at: str,
    role: str,
    valid_from: datetime.date | None,
    valid_to: datetime.date | None,
    department: str,
    *,
    only_here: bool,
    as_json: bool,
) -> None:
    """Give a user a role at an institution or a place, from a day on."""
    _ready()
    from lianyi.operations.users import AffiliationWish, affiliate, describe_affiliation

    wish = AffiliationWish(at, role, valid_from, valid_to, department, inherits_down=not only_here)
    made = affiliate(username, wish)
    words = f"{username} is {made.role} at {made.node.name_zh} from {made.valid_from} (affiliation {made.pk})."
    _print_user(describe_affiliation(made), words, as_json=as_json)


@user.command("end")
@click.argument("username")
@click.argument("affiliation", type=int)
@click.option("--last-day", type=options.DAY, help="Without it today.")
@options.as_json
def end_command(username: str, affiliation: int, last_day: datetime.date | None, *, as_json: bool) -> None:
    """End an affiliation after its last day; it stays in the record."""
    _ready()
    from lianyi.operations.users import describe_affiliation, end

    ended = end(username, affiliation, last_day)
    words = f"The affiliation {ended.pk} of {username} ends on {ended.valid_to}."
    _print_user(describe_affiliation(ended), words, as_json=as_json)


@user.command("staff")
@click.argument("username")
@click.option("--at", required=True, metavar="CODE", help="Code of the institution where they work.")
@click.option("--number", required=True, help="Their staff number there.")
def staff_command(username: str, at: str, number: str) -> None:
    """Tell which member of staff a user is, so that they see their own postings."""
    _ready()
    from lianyi.operations.users import link_staff_by_code

    linked = link_staff_by_code(username, at, number)
    say(f"{username} is {linked.name_zh} ({linked.institution.name_zh}, {linked.code}).")


@user.command("lock")
@click.argument("username")
def lock_command(username: str) -> None:
    """Shut a user out."""
    _ready()
    from lianyi.operations.users import lock

    say(f"{lock(username).username} is locked.")


@user.command("unlock")
@click.argument("username")
def unlock_command(username: str) -> None:
    """Let a user in again, also one who gave too many wrong passwords."""
    _ready()
    from lianyi.operations.users import unlock

    say(f"{unlock(username).username} may sign in again.")
