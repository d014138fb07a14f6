"""The command line: ``lianyi COMMAND``. Each command's options stand in ``lianyi.operations.command_line``."""

from __future__ import annotations

import sys
from typing import Any

import click

import lianyi
from lianyi.errors import LianyiError
from lianyi.operations.command_line.checking import check, rules
from lianyi.operations.command_line.copies import backup, restore
from lianyi.operations.command_line.evaluate import evaluate
from lianyi.operations.command_line.indicator import indicator
from lianyi.operations.command_line.people import user
from lianyi.operations.command_line.plan import plan
from lianyi.operations.command_line.plan_solving import solve_plans
from lianyi.operations.command_line.site import demo, init, serve, status
from lianyi.operations.command_line.survey import survey
from lianyi.operations.command_line.tables import export, import_, template
from lianyi.operations.command_line.working import worker
from lianyi.operations.exit_codes import MEANINGS, NOT_INTACT, REFUSED, exit_code_of

EPILOG = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items()) + "."


class Refusal(click.ClickException):
    """A command refused or failed: its message goes to standard error."""

    exit_code = REFUSED

    def show(self, file: Any = None) -> None:  # noqa: ANN401, ARG002 - click's signature
        click.echo(f"lianyi: {self.format_message()}", err=True)


class NotIntact(Refusal):
    """The audit trail or a backup is not what was written."""

    exit_code = NOT_INTACT


class CommandGroup(click.Group):
    """Turns what a command may expect to go wrong into a message and an exit code; a fault of our own stays one."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        try:
            return super().invoke(ctx)
        except LianyiError as error:
            refusal = NotIntact if exit_code_of(error) == NOT_INTACT else Refusal
            raise refusal(error.message) from error
        except BrokenPipeError:
            # Whoever read the output has seen enough, as `lianyi user list | head` does.
            raise
        except OSError as error:
            if error.filename is None:
                raise
            raise Refusal(f"{error.filename}: {error.strerror}.") from error
        except Exception as error:
            message = _database_message(error)
            if message is None:
                raise
            raise Refusal(message) from error


def _database_message(error: Exception) -> str | None:
    """Return what to say when the database does not answer; None for every other error."""
    if "django.db" not in sys.modules:
        return None
    from django.db import OperationalError  # noqa: PLC0415 - only where Django was started already

    if not isinstance(error, OperationalError):
        return None
    return f"The database does not answer: {str(error).strip()}. Look at LIANYI_DATABASE and whether it runs."


@click.group(cls=CommandGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(lianyi.__version__, prog_name="lianyi")
def main() -> None:
    """Lianyi 联医 runs partnerships between hospitals.

    Settings come from environment variables that start with LIANYI_. A new installation starts with `lianyi init`;
    `lianyi demo` shows everything with sample cases. Results go to standard output, messages to standard error.
    """


for _command in (
    init,
    serve,
    worker,
    solve_plans,
    demo,
    status,
    import_,
    export,
    template,
    check,
    rules,
    user,
    backup,
    restore,
):
    main.add_command(_command)
main.add_command(survey)
main.add_command(evaluate)
main.add_command(indicator)
main.add_command(plan)
