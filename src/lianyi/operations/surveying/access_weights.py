"""Weights by distance as they are written on a command line."""

from __future__ import annotations

from lianyi.methods.access import (
    Decay,
    Edge,
    Exponential,
    FallingGaussian,
    Gaussian,
    GivenWeights,
    Kernel,
    Power,
    Zones,
    catchment,
)

_FORMS = "gaussian:SCALE, falling-gaussian, exponential:RATE, power:EXPONENT[:LEAST], kernel, quartic"


def decay_of(steps: str | None, formula: str | None, reach: float | None, edge: str) -> Decay:
    """Return the decay that the options ask for; a reach shorter than the last zone cuts the zones.

    Raises
    ------
    ValueError
        When the text cannot be read.

    Examples
    --------
    >>> decay_of("20:1,40:0.68", None, 30, "inclusive").steps
    ((20.0, 1.0), (30, 0.68))
    >>> decay_of(None, "gaussian:20", 60, "inclusive").scale
    20.0
    """
    if steps is not None:
        zones = Zones(_steps(steps), Edge(edge))
        return zones if reach is None else zones.within(reach)
    if reach is None:
        raise ValueError("Say how far people go: --reach 60, in the unit of the costs.")
    return catchment(reach, Edge(edge)) if formula is None else _by_formula(formula, reach, Edge(edge))


def text_of(decay: Decay | None) -> str:
    """Say in a few words what the weights are.

    Examples
    --------
    >>> text_of(catchment(30)), text_of(Gaussian(20, 60))
    ('30:1', 'gaussian:20 up to 60')
    """
    if isinstance(decay, Zones):
        return ",".join(f"{bound:g}:{weight:g}" for bound, weight in decay.steps)
    if decay is None or isinstance(decay, GivenWeights):
        return "none" if decay is None else "as given"
    if isinstance(decay, Gaussian):
        form = f"gaussian:{decay.scale:g}"
    elif isinstance(decay, Exponential):
        form = f"exponential:{decay.rate:g}"
    elif isinstance(decay, Power):
        form = f"power:{decay.exponent:g}:{decay.least_cost:g}"
    elif isinstance(decay, Kernel):
        form = "kernel" if decay.order == 1 else "quartic"
    else:
        form = "falling-gaussian"
    return f"{form} up to {decay.reach:g}"


def _steps(text: str) -> tuple[tuple[float, float], ...]:
    try:
        pairs = [part.split(":") for part in text.split(",")]
        return tuple((float(bound), float(weight)) for bound, weight in pairs)
    except ValueError as error:
        raise ValueError(f"--steps {text} cannot be read; write bound:weight, such as 20:1,40:0.68,60:0.22.") from error


def _by_formula(text: str, reach: float, edge: Edge) -> Decay:
    name, *given = text.split(":")
    try:
        numbers = [float(number) for number in given]
    except ValueError as error:
        raise ValueError(f"--decay {text} holds something that is no number. The forms: {_FORMS}.") from error
    found: Decay | None = None
    match name, numbers:
        case "gaussian", [scale]:
            found = Gaussian(scale, reach, edge)
        case "falling-gaussian", []:
            found = FallingGaussian(reach, edge)
        case "exponential", [rate]:
            found = Exponential(rate, reach, edge)
        case "power", [exponent]:
            found = Power(exponent, reach, 0.0, edge)
        case "power", [exponent, least]:
            found = Power(exponent, reach, least, edge)
        case "kernel" | "quartic", []:
            found = Kernel(reach, 1 if name == "kernel" else 2, edge)
    if found is None:
        raise ValueError(f"--decay {text} is not one of the forms: {_FORMS}.")
    return found
