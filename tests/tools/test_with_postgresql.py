from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import with_postgresql

pytestmark = pytest.mark.skipif(with_postgresql.programs() is None, reason="there is no PostgreSQL server here")
SCRIPT = [sys.executable, with_postgresql.__file__, "--"]
SECONDS_TO_WAIT = 60


@pytest.fixture
def folder():
    """Give a place for temporary files that another user may pass through: as root, the server runs as one."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


def wait_for(file):
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while not file.is_file() or not file.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, f"{file} did not come"
        time.sleep(0.1)
    return file.read_text(encoding="utf-8")


def test_the_database_is_reached_from_this_machine_only_and_keeps_unicode():
    question = "select current_setting('listen_addresses'), current_setting('unix_socket_directories'), '甯'::text"

    with with_postgresql.temporary_postgresql() as address, psycopg.connect(address) as connection:
        answer = connection.execute(question).fetchone()
        encoding = connection.info.parameter_status("server_encoding")

    assert (answer, encoding) == (("127.0.0.1", "", "甯"), "UTF8")


def test_the_exit_code_of_the_command_is_passed_on_and_nothing_stays(folder):
    program = "import os, sys; print(os.environ['LIANYI_DATABASE']); sys.exit(7)"

    ended = subprocess.run(
        [*SCRIPT, sys.executable, "-c", program],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 7
    assert ended.stdout.startswith("postgresql://lianyi:")
    assert list(folder.iterdir()) == []
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(ended.stdout.strip(), connect_timeout=5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_the_command_and_the_server(tmp_path, folder, number):
    note = tmp_path / "address"
    program = f"import os, time; open({str(note)!r}, 'w').write(os.environ['LIANYI_DATABASE']); time.sleep(600)"
    process = subprocess.Popen([*SCRIPT, sys.executable, "-c", program], env={**os.environ, "TMPDIR": str(folder)})
    address = wait_for(note)

    process.send_signal(number)

    assert process.wait(SECONDS_TO_WAIT) == 128 + number
    assert list(folder.iterdir()) == []
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, connect_timeout=5)
