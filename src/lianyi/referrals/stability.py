"""What must hold before a patient goes back to the lower unit, by the codes that a plan keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

STABILITY: Mapping[str, Any] = {
    "vital_signs_stable": _("Vital signs stable for a day"),
    "diagnosis_clear": _("Diagnosis clear, plan settled"),
    "no_special_treatment": _("No treatment that only the upper hospital can give"),
}
