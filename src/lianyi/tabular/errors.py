"""Why a file cannot be read as a table, why its header does not fit, why a workbook cannot be written."""

from __future__ import annotations

from lianyi.errors import LianyiError


class TableFileError(LianyiError):
    """The file as a whole cannot be read as a table. Every reason is a subclass."""

    code = "table-file"


class UnreadableFileError(TableFileError):
    """The system refused to open the file, or there is no such file."""

    code = "table-file-unreadable"


class EmptyFileError(TableFileError):
    """The file holds nothing, or nothing but blanks."""

    code = "table-file-empty"


class NotATableError(TableFileError):
    """The bytes are those of something else: a PDF, an image, a text document."""

    code = "table-file-not-a-table"


class PasswordProtectedError(TableFileError):
    """The workbook is encrypted."""

    code = "table-file-password"


class BrokenFileError(TableFileError):
    """The file says it is a workbook, but it is cut off or damaged."""

    code = "table-file-broken"


class UnclosedQuoteError(TableFileError):
    """A quotation mark is opened in a text table and never closed."""

    code = "table-file-unclosed-quote"


class FileTooLargeError(TableFileError):
    """More bytes, packed or unpacked, than the limit allows."""

    code = "table-file-too-large"


class TooManyRowsError(TableFileError):
    """More rows than the limit allows."""

    code = "table-file-too-many-rows"


class TooManyCellsError(TableFileError):
    """A rectangle of rows and columns that would not fit in memory."""

    code = "table-file-too-many-cells"


class UnknownSheetError(TableFileError):
    """The workbook has no visible sheet of the name that was asked for."""

    code = "table-file-unknown-sheet"


class TableHeaderError(LianyiError):
    """The file is a table, but its header row does not serve. Every reason is a subclass."""

    code = "table-header"


class HeaderNotFoundError(TableHeaderError):
    """No row near the top names any of the expected columns."""

    code = "table-header-not-found"


class MissingColumnsError(TableHeaderError):
    """The header row lacks required columns."""

    code = "table-header-missing-columns"


class AmbiguousColumnError(TableHeaderError):
    """Two header cells name the same column."""

    code = "table-header-ambiguous-column"


class ColumnDeclarationError(LianyiError):
    """The declared columns contradict each other; a fault of the program, not of the file."""

    code = "column-declaration"


class TableWritingError(LianyiError):
    """A table cannot be written in the wanted format. Every reason is a subclass."""

    code = "table-writing"


class CellTooLongError(TableWritingError):
    """A text is longer than a workbook cell can hold."""

    code = "table-writing-cell-too-long"


class SheetTooLongError(TableWritingError):
    """More rows than a workbook sheet can hold."""

    code = "table-writing-sheet-too-long"


class ColumnValueError(LianyiError):
    """A column that is read as an array holds a value that cannot be used. Every reason is a subclass."""

    code = "table-value"


class MissingValueError(ColumnValueError):
    """A cell is empty in a column where every row needs a value."""

    code = "table-value-missing"


class NotANumberError(ColumnValueError):
    """A column of numbers holds something else."""

    code = "table-value-not-a-number"


class NotWholeError(ColumnValueError):
    """A column of whole numbers holds a broken one."""

    code = "table-value-not-whole"


class ValueBelowMinimumError(ColumnValueError):
    """A number is smaller than the column allows."""

    code = "table-value-below-minimum"


class DuplicateIdError(ColumnValueError):
    """Two rows have the same id."""

    code = "table-value-duplicate-id"


class UnknownIdError(ColumnValueError):
    """A row names an id that the other table does not have."""

    code = "table-value-unknown-id"


class ArrayLengthError(ColumnValueError):
    """The columns of one table have different lengths."""

    code = "table-array-length"


class OutputFormatError(TableWritingError):
    """The name of a file to write does not end in a format that is known."""

    code = "table-writing-format"


class RasterFileError(LianyiError):
    """A raster cannot be used. Every reason is a subclass."""

    code = "raster"


class RasterUnreadableError(RasterFileError):
    """The file is not there, no raster, or damaged."""

    code = "raster-unreadable"


class RasterBandError(RasterFileError):
    """The file holds several bands, and nobody can tell which is meant."""

    code = "raster-bands"


class RasterCoordinateSystemError(RasterFileError):
    """The coordinate system of a raster is missing, unknown, or one in which distances cannot be told."""

    code = "raster-coordinate-system"


class RasterPositionError(RasterFileError):
    """A raster has no position on the globe, or is turned."""

    code = "raster-position"


class RasterFrameError(RasterFileError):
    """Two rasters that must lie cell on cell do not."""

    code = "raster-frame"


class RasterUnitError(RasterFileError):
    """The values of a raster cannot be in the unit that was said."""

    code = "raster-unit"


class RasterValueError(RasterFileError):
    """A raster holds a value that cannot be."""

    code = "raster-value"


class RasterNotWrittenError(RasterFileError):
    """A raster cannot be written where it is wanted."""

    code = "raster-not-written"
