"""How resources are spread over people, land and wealth: amounts, Lorenz and Gini, Theil, concentration, agglomeration.

Columns come as anything that NumPy reads (lists, arrays, columns of a data frame), one value for each row; results are
frozen. Nothing is replaced in silence: no tiny number stands in for a zero, and what is not defined is refused or NaN,
as each function says. Each index states its convention, for two papers that say "Theil index" may not mean the same.

Examples
--------
>>> doctors, residents = [150, 360, 480], [100_000, 200_000, 300_000]
>>> density(doctors, residents).values.tolist()
[1.5, 1.8, 1.6]
>>> round(gini(doctors, residents), 4)
0.0354
>>> round(theil_l(doctors, residents).value, 5)
0.00227
"""

from __future__ import annotations

from lianyi.methods.distribution.agglomeration import AGGLOMERATION_CONVENTION, Agglomeration, agglomeration
from lianyi.methods.distribution.amounts import Rates, Structure, density, resource_ratio, structure_shares
from lianyi.methods.distribution.bootstrap import Resampling, percentile_intervals, together
from lianyi.methods.distribution.concentration import (
    CONCENTRATION_CONVENTION,
    concentration_curve,
    concentration_index,
    grouped_concentration_index,
)
from lianyi.methods.distribution.lorenz import (
    GINI_CONVENTION,
    LorenzCurve,
    gini,
    gini_of_values,
    lorenz_curve,
    resampled_gini,
)
from lianyi.methods.distribution.theil import (
    Theil,
    TheilComponent,
    TheilForm,
    TheilGroup,
    resampled_theil,
    theil_l,
    theil_t,
)

__all__ = [
    "AGGLOMERATION_CONVENTION",
    "CONCENTRATION_CONVENTION",
    "GINI_CONVENTION",
    "Agglomeration",
    "LorenzCurve",
    "Rates",
    "Resampling",
    "Structure",
    "Theil",
    "TheilComponent",
    "TheilForm",
    "TheilGroup",
    "agglomeration",
    "concentration_curve",
    "concentration_index",
    "density",
    "gini",
    "gini_of_values",
    "grouped_concentration_index",
    "lorenz_curve",
    "percentile_intervals",
    "resampled_gini",
    "resampled_theil",
    "resource_ratio",
    "structure_shares",
    "theil_l",
    "theil_t",
    "together",
]
