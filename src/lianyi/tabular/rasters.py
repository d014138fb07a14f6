"""Rasters of one band as arrays, in bands of rows: whatever GDAL reads in, GeoTIFF out."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.transform import Affine, rowcol
from rasterio.warp import transform as transformed
from rasterio.windows import Window

from lianyi.tabular.errors import (
    RasterBandError,
    RasterCoordinateSystemError,
    RasterFrameError,
    RasterNotWrittenError,
    RasterPositionError,
    RasterUnreadableError,
)

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Array = NDArray[Any]

WGS84: Final = "EPSG:4326"
_WEB_MERCATOR: Final = (3857, 900913, 3785, 102100)
_CELLS_AT_ONCE: Final = 2_000_000
# Everything is read and written once, in order; without a bound GDAL keeps a twentieth of the machine's memory.
_CACHE_BYTES: Final = 64_000_000
_BLOCK: Final = 256
_LARGEST_SHIFT_IN_CELLS: Final = 0.01


@dataclass(frozen=True, slots=True)
class RasterFrame:
    """Where a raster lies: name of its file, size, affine transform, coordinate system, unit as the file names it."""

    name: str
    rows: int
    columns: int
    transform: Affine
    crs: CRS
    unit: str
    is_single: bool
    """Whether its values are in single precision or less."""

    @property
    def is_geographic(self) -> bool:
        return bool(self.crs.is_geographic)

    @property
    def metres_per_unit(self) -> float:
        """Metres in a unit of a projected coordinate system."""
        return float(self.crs.linear_units_factor[1])

    @property
    def top_and_height(self) -> tuple[float, float]:
        """The coordinate of the northern edge, and the height of a cell."""
        height = abs(self.transform.e)
        return max(self.transform.f, self.transform.f + self.rows * self.transform.e), height

    @property
    def goes_south(self) -> bool:
        """Whether the first row is the northern one, as in nearly all rasters."""
        return bool(self.transform.e < 0)

    def row_bands(self) -> Iterator[slice]:
        """Return slices of rows of a size that fits in memory many times."""
        step = max(_BLOCK, _CELLS_AT_ONCE // self.columns // _BLOCK * _BLOCK)
        for top in range(0, self.rows, step):
            yield slice(top, min(top + step, self.rows))

    def cells(self, x: Floats, y: Floats) -> tuple[Whole, Whole]:
        """Return rows and columns of positions in the raster's own coordinates; they may lie outside."""
        # As other tools round it, since real positions often stand on the very edge between two cells.
        rows, columns = rowcol(self.transform, x, y, op=np.floor)
        return _floors(np.asarray(rows)), _floors(np.asarray(columns))

    def cells_of_degrees(self, longitude: Floats, latitude: Floats) -> tuple[Whole, Whole]:
        """Return rows and columns of WGS 84 positions; they may lie outside."""
        x, y = transformed(WGS84, self.crs, longitude.tolist(), latitude.tolist())
        return self.cells(np.asarray(x), np.asarray(y))


def open_frame(path: Path, coordinate_system: str | None = None) -> RasterFrame:
    """Return the frame of a raster of one band.

    Parameters
    ----------
    path
        Any raster that GDAL reads.
    coordinate_system
        Its coordinate system, such as ``EPSG:32628``, if the file names none.

    Raises
    ------
    RasterFileError
        One subclass for each reason, saying how to mend it.
    """
    with _gdal(), _opened(path) as raster:
        if raster.count != 1:
            message = f"{path.name} has {raster.count} bands; one is expected. Take it out: gdal_translate -b 1."
            raise RasterBandError(message, bands=raster.count)
        if raster.transform.is_identity or raster.transform.b or raster.transform.d or not raster.transform.e:
            message = (
                f"{path.name} has no position on the globe or is turned; its rows must run east and its columns north "
                "or south. Bring it to a coordinate system with gdalwarp."
            )
            raise RasterPositionError(message)
        return RasterFrame(
            path.name,
            raster.height,
            raster.width,
            raster.transform,
            _usable(path, raster.crs, coordinate_system),
            raster.units[0] or "",
            np.can_cast(raster.dtypes[0], np.float32) or raster.dtypes[0] in {"int32", "uint32"},
        )


def read_bands(path: Path, frame: RasterFrame) -> Iterator[tuple[slice, Array]]:
    """Return the values in bands of rows, NaN where the raster has none."""
    kind = np.float32 if frame.is_single else np.float64
    with _gdal(), _opened(path) as raster:
        for rows in frame.row_bands():
            window = Window(0, rows.start, frame.columns, rows.stop - rows.start)
            try:
                values = raster.read(1, window=window, masked=True)
            except RasterioError as error:
                message = f"{path.name} cannot be read at row {rows.start}: {error}. Make the file anew."
                raise RasterUnreadableError(message) from error
            yield rows, values.astype(kind).filled(np.nan)


def check_same_frame(frame: RasterFrame, other: RasterFrame) -> None:
    """Refuse a raster that does not lie cell on cell with another.

    Raises
    ------
    RasterFrameError
        Saying in what they differ.
    """
    wrong = []
    if (frame.rows, frame.columns) != (other.rows, other.columns):
        wrong.append(f"{other.rows} x {other.columns} cells instead of {frame.rows} x {frame.columns}")
    else:
        corners = [(0, 0), (frame.columns, frame.rows)]
        shifts = [abs(step) for at in corners for step in _shift_in_cells(frame, other, at)]
        if max(shifts) > _LARGEST_SHIFT_IN_CELLS:
            wrong.append(f"it lies up to {max(shifts):.2g} cells aside")
    if frame.crs != other.crs:
        wrong.append(f"{_name(other.crs)} instead of {_name(frame.crs)}")
    if wrong:
        message = (
            f"{other.name} does not lie cell on cell with {frame.name}: {'; '.join(wrong)}. Bring it to the same cells "
            "with gdalwarp -t_srs, -te and -ts (for people use -r sum)."
        )
        raise RasterFrameError(message)


def check_folder_of(path: Path) -> None:
    """Refuse, before hours of work, a file whose folder is not there.

    Raises
    ------
    RasterNotWrittenError
        Naming the folder.
    """
    if not path.parent.is_dir():
        message = f"{path} cannot be written: there is no folder {path.parent}. Make it, or name another file."
        raise RasterNotWrittenError(message)


def write_bands(path: Path, frame: RasterFrame, bands: Iterable[tuple[slice, Array]], **profile: object) -> None:
    """Write a GeoTIFF in the frame of another raster, whole or not at all.

    ``profile`` names at least ``dtype`` and ``nodata``; ``unit`` and ``description`` are written to the band.

    Raises
    ------
    RasterNotWrittenError
        When the folder is not there, is full or may not be written to.
    """
    unit, description = profile.pop("unit", ""), profile.pop("description", "")
    made = path.with_name(f".{path.name}.part")
    try:
        with (
            _gdal(),
            rasterio.open(
                made,
                "w",
                driver="GTiff",
                height=frame.rows,
                width=frame.columns,
                count=1,
                crs=frame.crs,
                transform=frame.transform,
                tiled=True,
                blockxsize=_BLOCK,
                blockysize=_BLOCK,
                compress="deflate",
                zlevel=1,
                bigtiff="if_safer",
                **profile,
            ) as raster,
        ):
            raster.units = (unit,)
            raster.descriptions = (description,)
            for rows, values in bands:
                raster.write(values, 1, window=Window(0, rows.start, frame.columns, rows.stop - rows.start))
        made.replace(path)
    except RasterioError as error:
        message = f"{path} cannot be written: {error}. Name a folder with room that you may write to."
        raise RasterNotWrittenError(message) from error
    finally:
        made.unlink(missing_ok=True)


def _gdal() -> Any:  # noqa: ANN401 - rasterio has no types
    return rasterio.Env(GDAL_CACHEMAX=_CACHE_BYTES)


def _opened(path: Path) -> Any:  # noqa: ANN401 - rasterio has no types
    try:
        with warnings.catch_warnings():
            # A raster without position is refused below with a message of our own.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return rasterio.open(path)
    except RasterioError as error:
        message = f"{path} is no raster that can be read: {error}. GeoTIFF and what else GDAL knows is expected."
        raise RasterUnreadableError(message) from error


def _usable(path: Path, found: CRS | None, given: str | None) -> CRS:
    if not found and given is not None:
        try:
            found = CRS.from_user_input(given)
        except (CRSError, ValueError) as error:
            message = f"The coordinate system “{given}” is not known; write it like EPSG:4326 or EPSG:32628."
            raise RasterCoordinateSystemError(message, given=given) from error
    if not found:
        message = (
            f"{path.name} names no coordinate system, so nobody knows how far its cells lie apart. Name it with "
            "--crs, such as --crs EPSG:4326, or write it into the file with gdal_edit.py -a_srs."
        )
        raise RasterCoordinateSystemError(message)
    if not found.is_geographic and not (found.is_projected and found.linear_units_factor[1] > 0):
        message = (
            f"{_name(found)} of {path.name} is neither longitude and latitude nor a projection with a unit of length; "
            "bring the raster to one of these with gdalwarp -t_srs."
        )
        raise RasterCoordinateSystemError(message)
    if found.to_epsg() in _WEB_MERCATOR:
        message = (
            f"{path.name} is in Web Mercator, which stretches distances, to the double at 60 degrees. Bring it to "
            "longitude and latitude with gdalwarp -t_srs EPSG:4326, or to a projection true to distances."
        )
        raise RasterCoordinateSystemError(message)
    return found


def _name(crs: CRS) -> str:
    return str(crs.to_string())[:60]


def _shift_in_cells(frame: RasterFrame, other: RasterFrame, corner: tuple[int, int]) -> tuple[float, float]:
    own, its = frame.transform, other.transform
    x, y = its.c + its.a * corner[0], its.f + its.e * corner[1]
    return (x - own.c) / own.a - corner[0], (y - own.f) / own.e - corner[1]


def _floors(values: Floats) -> Whole:
    # What cannot be transformed comes as infinite; it lies outside every raster.
    finite = np.where(np.isfinite(values), values, -math.inf)
    floors: Whole = np.floor(np.clip(finite, -1, 2**40)).astype(np.int64)
    return floors
