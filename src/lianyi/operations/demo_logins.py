"""The logins of the demo: one for each part in each case, all with one password."""

from __future__ import annotations

import csv
import datetime
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from lianyi.accounts.commands import NewAffiliation, NewUser, create_affiliation, create_user, set_password
from lianyi.accounts.models import User
from lianyi.operations.acting import department_node_named, node_named, service_context
from lianyi.operations.console import Progress, table_lines
from lianyi.operations.demo_cases import KEY_PREFIX
from lianyi.operations.errors import UnknownNameError
from lianyi.operations.users import link_staff
from lianyi.registry.models import Staff

LOGINS_FILE = "demo-logins.txt"
PASSWORD_LINE = "Password: "  # noqa: S105 - what stands before it in the file
# Letters and digits that nobody takes for one another when typing them from a terminal.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 3, 4
# Before the first day of the first case, so that every record of it can be acted on.
VALID_FROM = datetime.date(2019, 1, 1)
HEADINGS = ("user name", "person", "role", "at", "case")


@dataclass(frozen=True, slots=True)
class DemoLogin:
    username: str
    person: str
    role: str
    code: str
    name: str
    case: str


def login_row(login: DemoLogin) -> tuple[str, ...]:
    return (login.username, login.person, login.role, f"{login.code} {login.name}", login.case)


def read_logins() -> list[dict[str, str]]:
    text = resources.files("lianyi.cases").joinpath("logins.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def kept_password(home: Path) -> str:
    """Return the password of an earlier run; empty when its file is gone."""
    path = home / LOGINS_FILE
    if not path.is_file():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line.removeprefix(PASSWORD_LINE) for line in lines if line.startswith(PASSWORD_LINE)), "")


def generated_password() -> str:
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def make_logins(home: Path, wanted_password: str, progress: Progress) -> tuple[list[DemoLogin], str]:
    """Make the logins that are not there yet and return all with their password."""
    kept = kept_password(home)
    password = wanted_password or kept or generated_password()
    rows = read_logins()
    logins = []
    for number, row in enumerate(rows, start=1):
        logins.append(_make_login(row, password, keeps_password=password == kept))
        progress(number, len(rows))
    _write(home / LOGINS_FILE, logins, password)
    return logins, password


def _make_login(row: Mapping[str, str], password: str, *, keeps_password: bool) -> DemoLogin:
    username = row["username"]
    node = node_named(f"{row['node_kind']}:{row['node_code']}")
    user = User.objects.filter(username=username).first()
    if user is None:
        new = NewUser(username, row["display_name"], password, language=row["language"])
        user = create_user(service_context(f"{KEY_PREFIX}user:{username}"), new)
    elif not keeps_password:
        set_password(service_context(), user, password)
    department = department_node_named(node, row["department_code"]) if row["department_code"] else None
    affiliation = NewAffiliation(
        user_id=user.pk,
        node_id=node.pk,
        role=row["role"],
        valid_from=VALID_FROM,
        department_node_id=None if department is None else department.pk,
    )
    # The key makes this harmless on a second run, also after the affiliation was ended by somebody trying things out.
    create_affiliation(service_context(f"{KEY_PREFIX}at:{username}"), affiliation)
    _link_staff(user, row)
    return DemoLogin(username, user.display_name, row["role"], node.code, node.name_zh, row["case"])


def _link_staff(user: User, row: Mapping[str, str]) -> None:
    if not row.get("staff_code"):
        return
    staff = Staff.objects.filter(institution__code=row["staff_institution_code"], code=row["staff_code"]).first()
    if staff is None:
        raise UnknownNameError(
            f"logins.csv links {user.username} to the staff number {row['staff_code']} of "
            f"{row['staff_institution_code']}, which is not in the tables of the case.",
            given=row["staff_code"],
        )
    if staff.user_id != user.pk:
        link_staff(service_context(f"{KEY_PREFIX}staff:{user.username}"), staff, user)


def _write(path: Path, logins: Sequence[DemoLogin], password: str) -> None:
    text = "\n".join([*table_lines(HEADINGS, [login_row(login) for login in logins]), "", PASSWORD_LINE + password, ""])
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    made = path.with_name(f"{path.name}.part")
    made.touch(mode=0o600)
    made.write_text(text, encoding="utf-8")
    made.replace(path)
