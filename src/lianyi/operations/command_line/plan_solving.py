"""solve-plans."""
# ruff: noqa: PLC0415 - the work is imported, with Django, when a command runs, so that --help answers at once

from __future__ import annotations

import click

from lianyi.operations.command_line import options
from lianyi.operations.console import print_json, say, start_django


@click.command("solve-plans")
@click.option("--once", is_flag=True, help="Take up what waits, then end.")
@click.option("--parent", "parent_id", type=int, hidden=True, help="End with this process.")
@options.as_json
def solve_plans(parent_id: int | None, *, once: bool, as_json: bool) -> None:
    """Search for plans of postings and of rounds that planners asked for on the pages, one after the other.

    The worker starts this by itself when a search waits. Run it beside `lianyi worker` on a machine of its own where
    searches are long. It may be killed at any moment: the search is taken up again from the best so far.
    """
    start_django()
    from lianyi.operations.plan_solving import SolverWish, solve_always, solve_waiting

    if once:
        done = solve_waiting()
        if as_json:
            told = ("id", "kind", "state", "error_code")
            print_json({"searches": [{name: getattr(run, name) for name in told} for run in done]})
        else:
            click.echo("\n".join(f"search {run.pk} ({run.kind}): {run.state}" for run in done) or "nothing waited")
        return
    if as_json:
        raise click.UsageError("--json goes with --once.")
    solve_always(SolverWish(parent_id=parent_id), lambda: say("Searches for plans are taken up (Ctrl-C ends it)"))
