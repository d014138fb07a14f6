"""Reasons why something cannot be written into the registry, or a table not imported."""

from __future__ import annotations

from lianyi.accounts.errors import NotPermittedError, StateRefusedError
from lianyi.errors import InvalidInputError


class MissingValueError(InvalidInputError):
    """A value that is needed was not given."""

    code = "missing-value"


class TextTooLongError(InvalidInputError):
    """A text has more characters than the field holds."""

    code = "text-too-long"


class UnseenCharactersError(InvalidInputError):
    """The text holds control characters, or such that change the direction of reading."""

    code = "unseen-characters"


class CodeFormError(InvalidInputError):
    """A code holds signs that no address, no table and no label can carry."""

    code = "code-form"


class UnknownCodeError(InvalidInputError):
    """The code is not in the reference list or not among the choices."""

    code = "unknown-code"


class DuplicateCodeError(InvalidInputError):
    """Another record has this code."""

    code = "duplicate-code"


class DatesOutOfOrderError(InvalidInputError):
    """Something ends before it begins."""

    code = "dates-out-of-order"


class FutureDateError(InvalidInputError):
    """A fact is recorded on the day it takes effect or later, never ahead."""

    code = "future-date"


class PlaceLevelError(InvalidInputError):
    """A place may only be part of a place of a higher level."""

    code = "place-level"


class CycleError(InvalidInputError):
    """The record would stand below itself."""

    code = "cycle"


class TooDeepError(InvalidInputError):
    """The line of institutions placed under one another is too long."""

    code = "too-deep"


class IncompletePositionError(InvalidInputError):
    """Longitude, latitude and coordinate system are given together or not at all."""

    code = "incomplete-position"


class ImpossibleCountError(InvalidInputError):
    """A count that cannot be: below zero, or a part larger than the whole."""

    code = "impossible-count"


class NoteNeededError(InvalidInputError):
    """An unusual figure is taken only with a note that explains it."""

    code = "note-needed"


class OlderCountError(InvalidInputError):
    """A later count of the same thing is on record."""

    code = "older-count"


class NothingToChangeError(InvalidInputError):
    """What was given is what the record says already."""

    code = "nothing-to-change"


class UnchangeableFieldError(InvalidInputError):
    """The field is not one that may be changed in this way."""

    code = "unchangeable-field"


class WrongInstitutionError(InvalidInputError):
    """The department belongs to another institution."""

    code = "wrong-institution"


class ClosedRecordError(StateRefusedError):
    """The record is closed, or not closed, and the step needs the opposite."""

    code = "closed-record"


class PendingChangeExistsError(StateRefusedError):
    """One change of a record is decided before the next is proposed."""

    code = "pending-change-exists"


class SecondLevelNeededError(NotPermittedError):
    """Tier, grade and ownership are decided at prefecture level or above."""

    code = "second-level-needed"


class UnknownTableKindError(InvalidInputError):
    """There is no such kind of table."""

    code = "unknown-table-kind"


class UnknownTableFormatError(InvalidInputError):
    """Tables are written as workbooks or as text."""

    code = "unknown-table-format"


class ImportRefusedError(InvalidInputError):
    """Rows of the file cannot be taken, so nothing of it was."""

    code = "import-refused"


class UnknownFileInFolderError(InvalidInputError):
    """A folder of tables holds a file that is no kind of table."""

    code = "unknown-file-in-folder"
