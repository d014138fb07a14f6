"""survey warm-up."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when the command runs

from __future__ import annotations

import click

from lianyi.operations.console import progress_bar, say


@click.command("warm-up")
def warm_up() -> None:
    """Compile the searches for this machine, once after installing; later surveys then start at once.

    The machine code is kept beside the program, or in the cache of the user where that folder may not be written.
    """
    from lianyi.operations.surveying.warming import searches

    with progress_bar("compiling") as progress:
        found = searches()
        for done, search in enumerate(found, start=1):
            search()
            progress(done, len(found))
    say("The searches of the survey are ready.")
