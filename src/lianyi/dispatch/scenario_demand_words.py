"""What agreements and rule sets ask of a plan, in the reader's words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianyi.dispatch.scenario_demands import Demands
from lianyi.pages.names import in_language, name_of
from lianyi.partnerships.rule_titles import rule_set_title
from lianyi.registry.models import Institution


def asked_words(demands: Demands) -> list[str]:
    """Return a sentence for each thing that the plan keeps beside what the needs ask."""
    told = [
        _("%(asked)s (%(rules)s, agreement %(code)s)")
        % {
            "asked": in_language(each.requirement.name.zh, each.requirement.name.en),
            "rules": rule_set_title(each.agreement.rule_set),
            "code": each.agreement.code,
        }
        for each in demands.kept
    ]
    if demands.judged_later:
        names = [in_language(each.requirement.name.zh, each.requirement.name.en) for each in demands.judged_later]
        later = "; ".join(dict.fromkeys(names))
        told.append(_("Judged only when people are there, not planned: %(asked)s.") % {"asked": later})
    sites = Institution.objects.filter(pk__in=demands.always_somebody).order_by("code")
    told += [_("Somebody at %(place)s all the time.") % {"place": name_of(each)} for each in sites]
    if demands.rules.only_at_batches:
        begins = sorted({period for periods in demands.starts.values() for period in periods})
        labels = ", ".join(demands.horizon.labels[period] for period in begins) or _("none is planned in these months")
        told.append(_("Batches begin: %(months)s.") % {"months": labels})
    return told
