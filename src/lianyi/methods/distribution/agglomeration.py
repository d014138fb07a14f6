"""How close together resources and people are: the agglomeration degrees of Chinese health statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats, amount_column, check_same_length, total_of
from lianyi.methods.errors import SurveyAmountError

AGGLOMERATION_CONVENTION: Final = (
    "HRAD = (HR_i/HR) / (A_i/A), PAD = (P_i/P) / (A_i/A), the whole being the sum of the rows; HRAD/PAD = resource "
    "share / population share"
)


@dataclass(frozen=True, slots=True, eq=False)
class Agglomeration:
    """One value for each row.

    ``hrad``
        Health resources agglomeration degree (卫生资源集聚度): share of the resource for each share of the area; 1 is
        the average of the whole.
    ``pad``
        Population agglomeration degree (人口集聚度).
    ``ratio``
        HRAD over PAD: above 1 the row has more than its people's share. NaN where nobody lives.
    ``difference``
        HRAD less PAD: near 0 resource and people match; below 0 the resource falls short.
    """

    hrad: Floats
    pad: Floats
    ratio: Floats
    difference: Floats


def agglomeration(resource: npt.ArrayLike, population: npt.ArrayLike, area: npt.ArrayLike) -> Agglomeration:
    """Return HRAD, PAD, their ratio and their difference for each row of one upper region.

    See `AGGLOMERATION_CONVENTION`. Read both: a poor, remote county can have HRAD below 1, being large, and HRAD/PAD
    above 1, being empty.

    Raises
    ------
    SurveyAmountError
        When a row has no area, or a figure cannot be used.
    SurveyLengthError, ZeroTotalError
        When the columns differ in length or one is 0 throughout.

    Examples
    --------
    >>> found = agglomeration(resource=[30, 10], population=[50, 50], area=[1, 3])
    >>> found.hrad.round(6).tolist(), found.pad.round(6).tolist(), found.ratio.round(6).tolist()
    ([3.0, 0.333333], [2.0, 0.666667], [1.5, 0.5])
    """
    amounts, people = amount_column("resource", resource), amount_column("population", population)
    areas = amount_column("area", area)
    check_same_length(resource=amounts, population=people, area=areas)
    if (areas == 0).any():
        row = int(np.argmin(areas))
        message = (
            f"Record {row + 1} has an area of 0; every place covers some land. Give its area, or leave the record out."
        )
        raise SurveyAmountError(message, field="area", position=row, count=int((areas == 0).sum()))
    of_area = areas / total_of("area", areas)
    hrad = amounts / total_of("resource", amounts) / of_area
    pad = people / total_of("population", people) / of_area
    ratio = np.divide(hrad, pad, out=np.full(len(pad), np.nan), where=pad > 0)
    return Agglomeration(hrad, pad, ratio, hrad - pad)
