"""Options that several commands share."""

from __future__ import annotations

import datetime
import sys
from typing import Any

import click

from lianyi.accounts.errors import PasswordRefusedError

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
acting_as = click.option(
    "--as",
    "acting_as",
    metavar="USER[:ID]",
    help="Act as this user, in the affiliation with this number where there are several. Without it: as the installer.",
)
in_language = click.option(
    "--language",
    type=click.Choice(["zh-hans", "en"]),
    help="Language of headings and reasons; without it LIANYI_LANGUAGE.",
)
password_from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it."
)


class Day(click.ParamType[datetime.date]):
    """A day as YYYY-MM-DD."""

    name = "date"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime.date:
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not a day; give it as YYYY-MM-DD, for example 2026-03-01.", param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        return "YYYY-MM-DD"


DAY = Day()


def read_password(*, from_stdin: bool) -> str:
    """Return a password that never stood on a command line, where every user of the machine could read it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise PasswordRefusedError(
            "There is no terminal to ask for the password on. Send it to standard input with --password-stdin, "
            "or for `lianyi init` set LIANYI_ADMIN_PASSWORD.",
            messages=(),
        )
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password
