"""Words for the codes of pairing plans: goals, rules, why a pair stands, why a need stays open, refusals."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.dispatch.models import PairingMark, PairingState, PlannedPair
from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts

Text = str | Promise

PAIRING_TONES: Mapping[str, str] = {
    PairingState.DRAFT: "neutral",
    PairingState.READY: "info",
    PairingState.KEPT: "good",
    PairingState.PUT_ASIDE: "neutral",
}
STANDING_TONES: Mapping[str, str] = {PlannedPair.Standing.KEPT: "neutral", PlannedPair.Standing.NEW: "info"}
HOLD_WORDS: Mapping[str, Text] = dict(PairingMark.Hold.choices)

# After as many people as possible come, what counts next.
EMPHASIS_WORDS: Mapping[str, Text] = {
    "fair": _("Fair: no hospital gives far more for its size than the others"),
    "steady": _("Steady: as few pairs of today as possible change"),
    "strong": _("Strong: whoever is best in the specialty helps"),
    "near": _("Near: short ways, and partners of today"),
}
PAIRING_GOAL_WORDS: Mapping[str, Text] = {
    "breaches": _("Limits exceeded at a price"),
    "need": _("People missing, by priority"),
    "coverage": _("Least shares, least helpers and teams not reached"),
    "pairs_changed": _("Pairs begun or ended against today"),
    "people_changed": _("People changed against today"),
    "burden": _("Burden above the fair share"),
    "match": _("Helpers weaker than the best"),
    "cost": _("Travel, new pairs, ties that end"),
    "pairs": _("Number of pairs"),
}
PAIRING_RULE_WORDS: Mapping[str, Text] = {
    "need": _("as many people as the need asks for"),
    "donor_total": _("what the hospital can miss"),
    "donor_specialty": _("what the hospital can miss of a specialty"),
    "donor_recipients": _("not too many recipients of one hospital"),
    "recipient_donors": _("not too many hospitals at one recipient"),
    "least_coverage": _("the least share of what each recipient asks for"),
    "least_donors": _("enough hospitals at each recipient"),
    "team": _("a team of the hospital on site"),
    "sends": _("whoever is a pair sends somebody"),
    "fixed": _("always a pair, said by hand"),
    "locked": _("a pair that stays"),
    **{f"goal-{goal}": word for goal, word in PAIRING_GOAL_WORDS.items()},
}
WHY_PAIR_WORDS: Mapping[str, Text] = {
    "fixed": _("It was said by hand that these two are always a pair."),
    "locked": _("The pair stays as it was."),
    "best": _("Without it the plan would be worse."),
    "only": _("Without it there would be no plan that obeys all rules."),
    "equal": _("An equally good plan without it exists."),
    "not_proved": _("The time ended before it was known whether the plan would be worse without it."),
}
PAIRING_REASON_WORDS: Mapping[str, Text] = {
    "nobody_has_it": _("No hospital of the plan has this specialty with people to spare, as far as is known."),
    "forbidden": _("Whoever has the specialty may not help here."),
    "conflict": _("Somebody could come, but not while all of these hold:"),
    "not_proved": _("The time of the search ended; a better plan may exist. Search longer."),
}
PAIRING_BAR_WORDS: Mapping[str, Text] = {
    "too_weak": _("too weak in the specialty"),
    "no_people": _("nobody to spare"),
    "forbidden": _("never a pair: said by hand, or one could not work with the other"),
    "not_listed": _("too far away, or no agreement"),
}
PAIRING_CHANGE_WORDS: Mapping[str, Text] = {
    "donor_gone": _("who gives is not in the plan"),
    "recipient_gone": _("who receives is not in the plan"),
    "not_possible": _("may not be a pair any more"),
    "ended": _("is not in the plan"),
    "begun": _("is new"),
    "people": _("other people than before"),
}
LEVEL_WORDS: Mapping[float, Text] = {
    0.25: _("weak department"),
    0.5: _("developing, or not known how strong"),
    0.75: _("established department"),
    1.0: _("key specialty"),
}

_ERRORS: Mapping[str, Text] = {
    "pairing-refused": _("That cannot be done with this pairing plan now. Open it again: it shows what can."),
    "pairing-refused.pairing-state": _("The pairing plan “%(plan)s” is: %(state_label)s. This does not follow."),
    "pairing-refused.pairing-searching": _(
        "A search for “%(plan)s” is on. Wait for it, or stop it and keep the best so far."
    ),
    "pairing-refused.pairing-followed": _(
        "Plan scenarios follow the pairs of “%(plan)s”, so it stays as it is. Copy it, and change the copy."
    ),
    "pairing-refused.pairing-without-needs": _(
        "Nobody asks for help in the days of “%(plan)s”, so there is nothing to pair. Write and open needs, let weak "
        "departments count, or choose other days."
    ),
    "pairing-refused.pairing-without-wishes": _(
        "“%(plan)s” wants pairs that nobody would rather leave, and no two named one another yet. Enter wishes, or "
        "take that choice back."
    ),
    "invalid-input.pairing-name": _("Give the plan a name."),
    "invalid-input.pairing-days": _("The last day lies before the first."),
    "invalid-input.pairing-donors": _("Choose one or more institutions within your reach that may give."),
    "invalid-input.pairing-recipients": _(
        "Choose one or more institutions within your reach that may receive; none helps itself."
    ),
    "invalid-input.pairing-least-donors": _("More hospitals are wanted at each recipient than may help it."),
    "invalid-input.pairing-emphasis": _("“%(given)s” is no order of goals. Choose one from the list."),
    "invalid-input.pairing-mark": _("These two are no possible pair of this plan."),
    "invalid-input.pairing-hold": _("“%(given)s” cannot be said of a pair. Choose from the list."),
    "pairing-refused.pairing-wishes-closed": _(
        "Wishes for “%(plan)s” were taken until %(until)s. Tell the office that plans what it should know."
    ),
    "pairing-refused.pairing-no-wishes": _("Nothing was stated for “%(plan)s” yet, so there is nothing to take back."),
    "not-permitted.wishes": _(
        "The partnership office of an institution states its wishes. The office that plans enters them on the pages of "
        "the plan, and the institution sees that it did."
    ),
    "invalid-input.pairing-wishes-day": _("This day is over. Give today or a later day."),
    "invalid-input.pairing-wish-both": _(
        "Either a choice or a reason why not, not both: %(institutions)s. Take one of the two away."
    ),
    "invalid-input.pairing-refusal-long": _("Say it shorter: %(most)s characters are kept."),
    "invalid-input.pairing-rank": _("A choice is a number from 1 to 999, 1 for the first; %(given)s was given."),
}

_ACTIONS: Mapping[str, Text] = {
    "dispatch.pairing.create": _("Pairing plan made"),
    "dispatch.pairing.change": _("Pairing plan changed"),
    "dispatch.pairing.copy": _("Pairing plan copied"),
    "dispatch.pairing.mark": _("Pair held, forbidden or freed by hand"),
    "dispatch.pairing.wish": _("Wishes for pairs entered on behalf of an institution"),
    "dispatch.pairing.ask_wishes": _("Institutions asked for their wishes for pairs"),
    "dispatch.pairing.state_wishes": _("Wishes for pairs stated by the institution"),
    "dispatch.pairing.take_back_wishes": _("Statement of wishes for pairs taken back"),
    "dispatch.pairing.decide": _("Pairing plan decided"),
    "dispatch.pairing.open_again": _("Pairing plan opened again"),
    "dispatch.pairing.put_aside": _("Pairing plan put aside"),
    "dispatch.pairing.take_up": _("Pairing plan taken up again"),
    "dispatch.plan_run.ask_pairs": _("Search for pairs asked for"),
    "dispatch.plan_run.finish_pairs": _("Pairs of a search kept"),
}


def register() -> None:
    """Give the pages the words of pairing plans."""
    register_error_texts(_ERRORS)
    register_action_names(_ACTIONS)
