"""init, serve, demo and status."""
# ruff: noqa: PLC0415 - the work is imported, with Django, when a command runs, so that --help answers at once

from __future__ import annotations

import os
from dataclasses import asdict

import click

from lianyi.config import ADMIN_PASSWORD, DEMO_PASSWORD, read_password_variable
from lianyi.operations.command_line import options
from lianyi.operations.command_line.status_text import print_status
from lianyi.operations.console import print_json, print_table, progress_bar, say, start_django, start_django_of_site

PORT = click.IntRange(1, 65535)


@click.command()
@click.option(
    "--admin",
    metavar="USERNAME",
    help=f"Make the first administrator; asks for the password or takes it from {ADMIN_PASSWORD}.",
)
@click.option(
    "--admin-name", metavar="NAME", default="Administrator", show_default=True, help="The administrator's name."
)
@click.option(
    "--at", metavar="CODE", default="", help="Place or institution of the administrator; without it the country."
)
@options.as_json
def init(admin: str | None, admin_name: str, at: str, *, as_json: bool) -> None:
    """Make the home folder, the database, the static files and the machine code, or bring them up to this version.

    Run it after every installation of a new version. A second time it changes nothing.
    """
    start_django_of_site()
    from lianyi.accounts.commands import NewUser
    from lianyi.operations.initialising import initialise
    from lianyi.operations.surveying.warming import compile_missing
    from lianyi.operations.users import ensure_administrator, user_exists

    done = initialise()
    document = {**asdict(done), "administrator": None}
    say(f"Home folder: {done.home}")
    say(f"Database: {done.database}; {len(done.migrations_applied) or 'no'} migrations applied")
    say(f"Static files: {'collected' if done.static_files_collected else 'as they were'}")
    if not done.has_browser_assets:
        say(
            "Browser assets are missing, and `lianyi serve` needs them: "
            "in a source tree run `make assets`, then this again."
        )
    if admin:
        needs_password = not user_exists(admin)
        password = _admin_password() if needs_password else ""
        is_new, code = ensure_administrator(NewUser(admin, admin_name, password), at)
        say(f"Administrator {admin}: {'made' if is_new else 'is there already'}, {_where(admin, code)}")
        document["administrator"] = {"username": admin, "is_new": is_new, "at": code}
    with progress_bar("Compiling the searches of the survey") as progress:
        document["searches_compiled"] = compile_missing(progress)
    say(f"Searches of the survey: {'compiled' if document['searches_compiled'] else 'as they were'}")
    if as_json:
        print_json(document)


def _admin_password() -> str:
    return read_password_variable(os.environ, ADMIN_PASSWORD) or options.read_password(from_stdin=False)


def _where(admin: str, code: str) -> str:
    if code:
        return f"acts at {code}"
    return (
        "but cannot act yet: enter places (`lianyi import places FILE`), then "
        f"`lianyi user affiliate {admin} --at CODE --role administrator`"
    )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every one.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes. Without it: one on SQLite, one for each core on PostgreSQL.",
)
@click.option("--no-worker", is_flag=True, help="Start no worker beside the site; `lianyi worker` runs elsewhere.")
def serve(host: str, port: int, workers: int | None, *, no_worker: bool) -> None:
    """Serve the site until it is interrupted (Ctrl-C or SIGTERM), with a worker that calls and sends notices.

    Checks first that the database and the static files are those of this version. LIANYI_HOSTS names the hosts that
    the site answers to.
    """
    start_django_of_site()
    from lianyi.operations.initialising import config
    from lianyi.operations.serving import ServeWish
    from lianyi.operations.serving import serve as run

    wish = ServeWish(host, port, workers, calls=not no_worker)
    run(config(), wish, lambda: say(f"Lianyi is at {wish.address}/ (Ctrl-C ends it)"))
    say("Lianyi has stopped.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port to listen on.")
@click.option("--no-serve", is_flag=True, help="Load the cases and stop.")
@click.option("--reset", is_flag=True, help="Throw away the database of an earlier demo first.")
@options.as_json
def demo(host: str, port: int, *, no_serve: bool, reset: bool, as_json: bool) -> None:
    """Load the five cases, make a login for each part in them, and start the site.

    Works in LIANYI_HOME, or in ./var. A second run starts the site again as it was left; only sample duty rosters that
    end within 30 days are written 60 days further. The logins share one password, LIANYI_DEMO_PASSWORD or a generated
    one; they are printed and kept in demo-logins.txt in the home folder.
    """
    start_django_of_site()
    from lianyi.operations.demo import prepare_demo, reset_demo
    from lianyi.operations.demo_logins import HEADINGS, login_row
    from lianyi.operations.initialising import config
    from lianyi.operations.serving import ServeWish
    from lianyi.operations.serving import serve as run
    from lianyi.operations.surveying.warming import compile_missing

    settings = config()
    if reset:
        reset_demo(settings)
    done = prepare_demo(settings, read_password_variable(os.environ, DEMO_PASSWORD), progress_bar)
    for case in done.cases:
        say(f"{case.title}: {'loaded' if case.was_loaded else 'is there already'}")
    with progress_bar("Compiling the searches of the survey, once") as progress:
        compile_missing(progress)
    if as_json:
        print_json(asdict(done))
    else:
        click.echo("")
        print_table(HEADINGS, [login_row(login) for login in done.logins])
        click.echo(f"\nPassword of every login: {done.password}\nKept in {done.logins_file}\n")
    if not no_serve:
        wish = ServeWish(host, port)
        run(settings, wish, lambda: say(f"Lianyi is at {wish.address}/ (Ctrl-C ends it)"))
        say("Lianyi has stopped.")


@click.command()
@options.as_json
def status(*, as_json: bool) -> None:
    """Show version, home, database, audit trail, rule sets, the last backup, and whether the site is served now."""
    start_django()
    from lianyi.operations.initialising import config
    from lianyi.operations.status import read_status

    found = read_status(config())
    if as_json:
        print_json(found)
    else:
        print_status(found)
