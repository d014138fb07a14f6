"""Where the machine code of the methods is kept, and whether it is all there. Loads no compiler.

Code is compiled for one machine, from one state of the sources. A change in any file with compiled functions, or in one
that such a file takes something from, leads to another folder, so that no code of an earlier version is ever run.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

_METHODS: Final = Path(__file__).resolve().parent
_COMPILES: Final = "from lianyi.methods.compiling import "
_IMPORTED: Final = re.compile(r"^from lianyi\.([\w.]+) import ", re.MULTILINE)
_MARK: Final = "all-compiled"
_LETTERS: Final = 16
_PROCESSOR_FACTS: Final = ("model name", "flags", "Features")


def digest_of(files: list[Path], base: Path) -> str:
    """Return a short digest of names and contents of files.

    Examples
    --------
    >>> digest_of([], Path("."))
    'e3b0c44298fc1c14'
    """
    digest = sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(base).as_posix()}\0".encode())
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:_LETTERS]


def compiled_files(methods: Path) -> list[Path]:
    """Return the files with compiled functions and those they import from: other such functions, and constants."""
    texts = {path: path.read_text(encoding="utf-8") for path in methods.rglob("*.py")}
    files = {path for path, text in texts.items() if _COMPILES in text}
    for name in {name for path in files for name in _IMPORTED.findall(texts[path])}:
        module = methods.parent.joinpath(*name.split("."))
        files |= {path for path in (module.with_suffix(".py"), module / "__init__.py") if path.is_file()}
    return sorted(files)


@cache
def sources_digest() -> str:
    """Return the digest of everything that is compiled or that compiled code takes constants from."""
    return digest_of(compiled_files(_METHODS), _METHODS.parent)


@cache
def code_folder() -> Path | None:
    """Return the folder for this state of the sources, or None where nothing can be kept.

    That is the first of these in which this user may write: the folder of ``NUMBA_CACHE_DIR``, one beside the program,
    one in the home folder of the user.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or str(Path("~").expanduser() / ".cache")
    beside = _METHODS / "__pycache__" / "machine-code"
    # Two installations of one user keep apart, for they differ in their paths.
    apart = sha256(str(_METHODS).encode()).hexdigest()[:_LETTERS]
    bases = [Path(given) / "lianyi"] if given else [beside, Path(home) / "lianyi" / "machine-code"]
    folders = [base / (sources_digest() if base == beside else f"{apart}-{sources_digest()}") for base in bases]
    return next((folder for folder in folders if _is_writable(folder)), None)


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def is_complete() -> bool:
    """Whether everything was compiled already, by this compiler and for this processor."""
    folder = code_folder()
    return folder is not None and (folder / _mark()).is_file()


def mark_complete() -> None:
    """Remember that everything was compiled."""
    folder = code_folder()
    if folder is not None:
        (folder / _mark()).touch()


@cache
def _mark() -> str:
    facts = (sys.version, version("numba"), version("llvmlite"), platform.machine(), _processor())
    return f"{_MARK}-{sha256('|'.join(facts).encode()).hexdigest()[:_LETTERS]}"


def _processor() -> str:
    """Return model and abilities of the processor, where the system tells them."""
    told = Path("/proc/cpuinfo")
    if not told.is_file():
        return platform.processor()
    lines = told.read_text(encoding="utf-8", errors="replace").split("\n\n", 1)[0].splitlines()
    return "|".join(line for line in lines if line.startswith(_PROCESSOR_FACTS))
