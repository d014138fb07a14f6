"""survey warm-up."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when the command runs

from __future__ import annotations

import click

from lianyi.operations.console import progress_bar, say


@click.command("warm-up")
def warm_up() -> None:
    """Compile the searches for this machine and this user; later surveys then start at once.

    `lianyi init` does the same. The machine code is kept beside the program, or in the cache of the user who runs this
    where that folder may not be written.
    """
    from lianyi.operations.surveying.warming import compile_all

    with progress_bar("compiling") as progress:
        compile_all(progress)
    say("The searches of the survey are ready.")
