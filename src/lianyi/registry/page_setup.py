"""What the registry tells the shell when it starts: names of its actions, texts of its refusals, what waits at home."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.pages.action_names import register_action_names
from lianyi.pages.errors import register_error_texts
from lianyi.pages.home import register_home_provider
from lianyi.registry.home import items

ACTION_NAMES: Mapping[str, Promise] = {
    "registry.place.create": _("Place added"),
    "registry.place.update": _("Place changed"),
    "registry.place.correct": _("Place corrected"),
    "registry.place.move": _("Place moved"),
    "registry.place.close": _("Code of a place ended"),
    "registry.place.record_succession": _("Succession of places recorded"),
    "registry.place.set_population": _("Population stated"),
    "registry.institution.open": _("Institution opened"),
    "registry.institution.rename": _("Institution renamed"),
    "registry.institution.move": _("Institution moved"),
    "registry.institution.regrade": _("Tier, grade or owner changed"),
    "registry.institution.place_under": _("Institution placed under another"),
    "registry.institution.correct": _("Institution corrected"),
    "registry.institution.close": _("Institution closed"),
    "registry.institution.reopen": _("Closing of an institution taken back"),
    "registry.institution.merge": _("Institution merged"),
    "registry.institution.count_beds": _("Beds counted"),
    "registry.institution.state_service": _("Service stated"),
    "registry.institution.count_equipment": _("Equipment counted"),
    "registry.institution.set_workload": _("Yearly figure stated"),
    "registry.institution.merge_with_people": _("Institution merged, departments and staff taken along"),
    "registry.department.move": _("Department moved to another institution"),
    "registry.department.open": _("Department opened"),
    "registry.department.rename": _("Department renamed"),
    "registry.department.correct": _("Department corrected"),
    "registry.department.close": _("Department closed"),
    "registry.department.set_status": _("Status of a department stated"),
    "registry.staff.add": _("Staff member added"),
    "registry.staff.update": _("Staff member changed"),
    "registry.staff.move": _("Staff member moved to another institution"),
    "registry.staff.end": _("Staff member left"),
    "registry.staff.add_unavailability": _("Unavailability noted"),
    "registry.staff.end_unavailability": _("Unavailability ended earlier"),
    "registry.change_request.propose": _("Change proposed"),
    "registry.change_request.apply": _("Proposed change made"),
    "registry.change_request.county_approved": _("Proposal approved at the first level"),
    "registry.change_request.applied": _("Proposal approved"),
    "registry.change_request.refused": _("Proposal refused"),
    "registry.change_request.withdrawn": _("Proposal withdrawn"),
    "registry.change_request.superseded": _("Proposal superseded"),
    "registry.table.import": _("Table imported"),
}

ERROR_TEXTS: Mapping[str, Promise] = {
    "not-permitted.highest-place": _("The highest place of a tree is made on the server, by importing places."),
    "not-found.upload": _("There is no such uploaded file of yours any more. Upload it again."),
    "separation-of-duties.own-proposal": _("You proposed this change, so somebody else must decide about it."),
    "separation-of-duties.own-first-approval": _(
        "You approved this change at the first level, so somebody else must decide at the second."
    ),
    "separation-of-duties.proposal-of-another": _(
        "Only the person who proposed a change may withdraw it; others approve or refuse it."
    ),
    "missing-value": _("This is empty; it must be given."),
    "text-too-long": _("At most %(maximum)s characters fit. Shorten it."),
    "unknown-code": _("'%(given)s' is not accepted here. Choose one of the offered values."),
    "duplicate-code": _("It is on record already under this code or day. Give another, or change the existing record."),
    "dates-out-of-order": _("The end lies before the beginning. Correct one of the two dates."),
    "future-date.year": _("%(given)s has not begun yet. Give a year that is over, or the one under way."),
    "future-date": _("%(given)s has not come yet; today is %(today)s. Give the day of the fact itself."),
    "place-level": _("The levels do not fit: a place is part of a place of a higher level. Choose another."),
    "duplicate-code.when-moving": _(
        "'%(given)s' is taken in the other institution, also with the former institution's code before it. Move it by "
        "itself first, with another code."
    ),
    "cycle.same-institution": _("It is in this institution already. Choose another."),
    "cycle": _("The record would stand below itself. Choose another."),
    "too-deep": _("Too many institutions would stand under one another; at most %(maximum)s fit. Choose a higher one."),
    "incomplete-position": _(
        "Longitude, latitude and coordinate system belong together: give all three or none of them."
    ),
    "impossible-count.too-large": _("%(given)s is more than can be kept; at most %(maximum)s."),
    "unseen-characters": _("It holds characters that cannot be seen (%(found)s). Type it anew."),
    "code-form": _(
        "'%(given)s' cannot be a code. Begin with a letter or a digit; letters, digits and - _ . may follow."
    ),
    "impossible-count": _("%(given)s cannot be: a count is 0 or more, and a part is not more than the whole."),
    "note-needed": _(
        "%(taken)s beds are occupied or reserved but only %(open)s are open. Correct the figures, or explain them in "
        "the reason (extra beds, for example)."
    ),
    "older-count": _("A later count is on record. Only a later count replaces that one."),
    "nothing-to-change": _("The record says this already; nothing was changed. Give a value that differs."),
    "unchangeable-field": _("This field is not changed in this way."),
    "wrong-institution": _("The department belongs to another institution. Choose one of the same institution."),
    "closed-record.closed": _(
        "%(record)s is closed since %(closed_on)s, so this can no longer be done there. If it was closed by mistake, "
        "take the closing back first (“Change”, “Take the closing back”)."
    ),
    "closed-record.closing-recorded": _(
        "A closing of %(record)s on %(closed_on)s is recorded already. Take it back first (“Change”, “Take the closing "
        "back”), then record the new one."
    ),
    "closed-record.department-closing-recorded": _(
        "A closing of %(record)s on %(closed_on)s is recorded already. If the day is wrong, propose its correction."
    ),
    "closed-record.not-closed": _("%(record)s is not closed, so there is no closing to take back."),
    "pending-change-exists": _(
        "A change of this record waits for a decision already. Withdraw it, or wait until it is decided."
    ),
    "second-level-needed": _(
        "Tier, grade and owner are decided by a bureau at prefecture level or above. Propose the change; it goes to "
        "them after the first approval."
    ),
    "unknown-table-kind": _("There is no kind of table '%(given)s'."),
    "unknown-table-format": _("Tables are not written as '%(given)s'. Accepted: xlsx, csv."),
    "import-refused": _("%(refused)s of %(rows)s rows cannot be taken, so nothing was imported. Look at them below."),
    "too-many-rows-for-browser": _(
        "The file has %(rows)s rows; at most %(maximum)s are taken in the browser. Put it on the server and run: "
        "%(command)s"
    ),
    "table-file-unreadable": _("The file cannot be opened. Upload it again."),
    "table-file-empty": _("The file is empty. Fill in the template and send it again."),
    "table-file-not-a-table": _("The file is no table. Open it where it came from and save it as .xlsx or as .csv."),
    "table-file-password": _("The workbook is protected by a password. Save it without one and send it again."),
    "table-file-broken": _("The file is damaged or cut off. Open it where it came from and save it again."),
    "table-file-unclosed-quote": _("A quotation mark is opened in the text and never closed. Close it, or remove it."),
    "table-file-too-large": _("The file is too large to be read. Split it into several files."),
    "table-file-too-many-rows": _("The file has %(rows)s rows; at most %(maximum_rows)s are read. Split it."),
    "table-file-too-many-cells": _("The table reaches too far. Delete stray cells far from the table, or split it."),
    "table-file-unknown-sheet": _("The file has no visible sheet “%(given)s”. Its sheets: %(expected)s."),
    "table-header-not-found": _("No row names the columns of this kind of table. Compare with the template."),
    "table-header-missing-columns": _("Columns that are needed are missing: %(missing)s. Compare with the template."),
    "table-header-ambiguous-column": _(
        "Two headings, in the columns %(places)s, mean the same. Rename or delete one of them."
    ),
    "table-writing-cell-too-long": _("A text is too long for a workbook. Take the export as .csv."),
    "table-writing-sheet-too-long": _("There are more rows than a workbook holds. Take the export as .csv."),
}


def register() -> None:
    """Tell the shell; once, when the application starts."""
    register_action_names(ACTION_NAMES)
    register_error_texts(ERROR_TEXTS)
    register_home_provider(items)
