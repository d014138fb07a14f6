"""Every command explains itself, at once."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from lianyi.cli import main


def commands(group=main, path=()):
    """Walk the tree of commands: the path and the command of each."""
    for name, command in sorted(group.commands.items()):
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = list(commands())


def test_the_commands_are_those_that_the_documentation_promises():
    top = {path[0] for path, _command in ALL}
    assert top == {
        *("init", "serve", "demo", "status", "import", "export"),
        *("template", "check", "rules", "user", "backup", "restore", "worker", "solve-plans", "survey", "plan"),
        *("evaluate", "indicator"),
    }


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _command in ALL])
def test_every_command_has_help_and_every_option_says_what_it_does(lianyi, path, command):
    answer = lianyi(*path, "--help")
    assert answer.exit_code == 0
    assert answer.stderr == ""
    assert answer.stdout.startswith(f"Usage: main {' '.join(path)} ")
    assert command.help
    unexplained = [option.name for option in command.params if isinstance(option, click.Option) and not option.help]
    assert unexplained == []


def test_help_is_given_without_starting_django():
    program = (
        "import sys\nfrom lianyi.cli import main\n"
        "main(['import', '--help'], standalone_mode=False)\n"
        "print([name for name in sys.modules if name in ('django', 'granian', 'psycopg')], file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stderr.strip() == "[]"


def test_help_of_a_survey_is_given_without_the_numerical_libraries():
    program = (
        "import sys\nfrom lianyi.cli import main\n"
        "for name in ('', *main.commands['survey'].commands):\n"
        "    main(['survey', *name.split(), '--help'], standalone_mode=False)\n"
        "main(['plan', 'postings', '--help'], standalone_mode=False)\n"
        "heavy = ('django', 'numpy', 'numba', 'scipy', 'pyarrow', 'rasterio', 'highspy')\n"
        "print([name for name in sys.modules if name in heavy], file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stderr.strip() == "[]"


def test_a_command_on_the_database_and_the_pages_start_without_the_compiler_of_numbers_and_distributions():
    program = (
        "import sys, django\ndjango.setup()\n"
        "from django.urls import get_resolver\nassert get_resolver().url_patterns\n"
        "heavy = ('numba', 'llvmlite', 'pyvrp', 'scipy.stats')\n"
        "print([name for name in sys.modules if name in heavy], file=sys.stderr)"
    )
    settings = {**os.environ, "DJANGO_SETTINGS_MODULE": "lianyi.settings"}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=settings)
    assert ended.stderr.strip() == "[]"


def test_exit_codes_are_explained(lianyi):
    text = " ".join(lianyi("--help").stdout.split())
    assert "3 the checks ran and found problems; 4 the audit trail or a backup is not intact" in text


def test_an_unknown_command_is_wrong_usage(lianyi):
    answer = lianyi("bakcup")
    assert answer.exit_code == 2
    assert "No such command 'bakcup'" in answer.stderr
