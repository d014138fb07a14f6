"""worker."""
# ruff: noqa: PLC0415 - the work is imported, with Django, when a command runs, so that --help answers at once

from __future__ import annotations

import click

from lianyi.operations.command_line import options
from lianyi.operations.console import print_json, say, start_django

SECONDS = click.IntRange(1, 60)


@click.command()
@click.option("--once", is_flag=True, help="Take one turn and end.")
@click.option(
    "--interval", "seconds", type=SECONDS, default=10, show_default=True, help="Seconds from one turn to the next."
)
@click.option("--parent", "parent_id", type=int, hidden=True, help="End with this process.")
@options.as_json
def worker(seconds: int, parent_id: int | None, *, once: bool, as_json: bool) -> None:
    """Call whoever has to be called, end what time ends, and send e-mails and webhooks, until it is interrupted.

    `lianyi serve` and `lianyi demo` run a worker of their own. Run this beside `lianyi serve --no-worker`, for example
    as a service of its own. Several workers beside each other do no harm, and one that is killed loses nothing.
    """
    start_django()
    from lianyi.operations.working import WorkerWish, work, work_once

    if once:
        done = work_once()
        if as_json:
            print_json(done)
        else:
            kinds = ", ".join(f"{kind} {count}" for kind, count in done["by_kind"].items()) or "nothing was due"
            sent = done["deliveries"]
            click.echo(f"{kinds}; sent {sent['sent']}, failed {sent['failed']}, given up {sent['given_up']}")
        return
    if as_json:
        raise click.UsageError("--json goes with --once.")
    work(WorkerWish(seconds, parent_id), lambda: say("The worker turns (Ctrl-C ends it)"))
    say("The worker has stopped.")
