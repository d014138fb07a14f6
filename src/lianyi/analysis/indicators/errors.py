"""Why an indicator cannot be computed from tables. Every message names the table and how to mend it."""

from __future__ import annotations

from lianyi.errors import ConfigurationError, InvalidInputError


class IndicatorTableError(InvalidInputError):
    """A table that the query reads is not there."""

    code = "indicator-table"


class IndicatorColumnError(InvalidInputError):
    """A table lacks a column that the query reads."""

    code = "indicator-column"


class IndicatorCellError(InvalidInputError):
    """A column holds something else than the query asks of it."""

    code = "indicator-cell"


class LookupNotUniqueError(InvalidInputError):
    """A table that is looked up holds the same key twice."""

    code = "indicator-lookup"


class NoQueryError(InvalidInputError):
    """The indicator is not computed from tables."""

    code = "indicator-no-query"


class IndicatorPeriodError(InvalidInputError):
    """A period that cannot be read, or one that is needed and not given."""

    code = "indicator-period"


class IndicatorFolderError(InvalidInputError):
    """The folder of the tables is not there or holds none."""

    code = "indicator-folder"


class EngineNotInstalledError(ConfigurationError):
    """The engine asked for is not installed."""

    code = "indicator-engine-not-installed"


class EngineAddressError(ConfigurationError):
    """The database of the engine is not named or does not answer."""

    code = "indicator-engine-address"


class EngineRefusedError(InvalidInputError):
    """The engine could not answer; its own words are in the message."""

    code = "indicator-engine-refused"
