"""What refusals of the survey methods say to people, by ``code``."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

METHOD_TEXTS: Mapping[str, Promise] = {
    "access-method": _("There is no measure of access of this name. Choose one of those listed."),
    "availability-target": _("An indicator needs a value of 0 or more and a target above 0."),
    "cell-size": _("The raster has no cells, or its cells have no size on the ground. Look at its coordinate system."),
    "distance-decay": _("The weights by distance cannot be used. Give limits that rise and weights from 0 to 1."),
    "elevation-missing": _("Somebody walks where the height of the ground is not known. Fill the gaps of the raster."),
    "friction-value": _("A friction is 0 or negative. Give the minutes for a metre, and no value where nobody passes."),
    "halo": _("The blocks are too small, or their margin is too narrow, for an exact result. Take larger blocks."),
    "logarithm-base": _("The base of a logarithm is a number above 0 that is not 1, such as 10."),
    "minutes-limit": _("A limit of minutes is a number above 0."),
    "no-source": _("There is nowhere to start from. Give at least one facility with a position."),
    "placement-condition": _("A capacity, budget, floor or distance of the placement cannot be used. Correct it."),
    "placement-impossible": _("No set of sites meets all conditions. Loosen one, or offer more sites."),
    "placement-not-found": _(
        "The time ended before any set of sites was found; whether there is one is not known. Give more time, or "
        "loosen a condition."
    ),
    "raster-shape": _("Two rasters that lie on one another have different numbers of rows or columns."),
    "readiness-item": _("An item is 1 for there, 0 for not there, or empty for not assessed."),
    "repeated-pair": _("The table of travel times holds the same way twice. Keep the one that is right."),
    "resampling": _("An interval needs at least two draws of at least one row, and a seed of 0 or more."),
    "road-graph": _("The roads cannot be used: a place is not on them, or a road has no proper length."),
    "search-limit": _("The search cannot be limited like this. Give a time above 0 and a gap from 0 to 1."),
    "site": _("A site that is to stay is not among the sites offered."),
    "site-number": _("So many sites cannot be open: fewer are offered, or more must stay."),
    "source-placement": _("A facility lies outside the raster or where nobody passes. Correct its position."),
    "speed-value": _("A speed is below 0. Give kilometres an hour, and 0 where nobody passes."),
    "survey-amount": _("A population or a capacity is missing or below 0. Correct it."),
    "survey-length": _("Columns that belong together are not of the same length."),
    "travel-cost": _("A travel time is missing, below 0, or 0 where it would count without limit. Correct it."),
    "undefined-logarithm": _(
        "The index is infinite: a place has people and nothing, or something and nobody. Join it with a neighbour."
    ),
    "unlisted-place": _("The table of travel times names a place that is not in the list of places."),
    "unreachable-demand": _("Some places can use no site at all. Offer more sites, or allow longer ways."),
    "working-time": _("The working time of a year cannot be used. Absences are working days, and some must be left."),
    "workload-standard": _("A standard of work is a number of 0 or more; support work takes less than all the time."),
    "zero-total": _("No place has any of it, so nobody has a share. Give places with some."),
}
