"""Reads one workbook and ends: run as a script of its own, bytes in, pickled sheets out.

The compiled reader trusts the counts and offsets it finds in a file. Where they are wrong it may ask for more memory
than there is, and then the system ends the whole process, or walk in a circle. That must not be the process that serves
everyone. Only this file and the reader are imported, so that it starts fast.
"""

from __future__ import annotations

import io
import pickle
import resource
import sys

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum


def main() -> None:
    """Read standard input within the bytes of memory and seconds of work that the arguments allow."""
    memory_bytes, seconds = map(int, sys.argv[1:3])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(pickle.dumps(_answer(sys.stdin.buffer.read()), protocol=pickle.HIGHEST_PROTOCOL))


def _answer(data: bytes) -> tuple[str, object]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            return "sheets", [
                (
                    metadata.name,
                    metadata.visible == SheetVisibleEnum.Visible,
                    workbook.get_sheet_by_name(metadata.name).to_python(skip_empty_area=False),
                )
                for metadata in workbook.sheets_metadata
                if metadata.typ == SheetTypeEnum.WorkSheet
            ]
    except PasswordError:
        return "password", ""
    except (CalamineError, ValueError, OSError) as error:
        return "broken", str(error)


if __name__ == "__main__":
    main()
