"""What a refusal is called in the reader's language, and with which status a page answers it.

Texts stand in a table by the error's ``code``, or by ``code.reason`` where an error tells its reason in its
parameters. Each application adds its own with ``register_error_texts`` when it starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.errors import LianyiError
from lianyi.pages.values import shown

Text = str | Promise

_STATUS: Mapping[str, int] = {
    "not-permitted": 403,
    "not-found": 404,
    "stale-version": 409,
    "command-key-reused": 409,
    "configuration": 500,
    "column-declaration": 500,
    "fonts-missing": 500,
    "document-template": 500,
}
_REFUSED = 422

_KERNEL_TEXTS: Mapping[str, Text] = {
    "configuration": _("A setting of this installation cannot be used. Tell its administrator."),
    "invalid-input.command-key": _("The form was sent incompletely. Open the page again and repeat what you did."),
    "invalid-input.export-format": _("'%(given)s' is no format for an export. Accepted: xlsx, csv."),
    "fonts-missing": _("The fonts of the documents are missing. Tell the administrator of this installation."),
    "not-permitted": _("You may not do this."),
    "not-permitted.role": _(
        "The role in which you act does not include this. Choose another of your affiliations, or ask the office "
        "that keeps the record."
    ),
    "not-permitted.relation": _(
        "Your institution has no part in this record. Choose another of your affiliations, or ask the office that "
        "keeps the record."
    ),
    "not-permitted.outside-reach": _("You may give affiliations only inside your own institution or region."),
    "not-permitted.elsewhere": _(
        "This person also has affiliations outside your reach. End the one with you, or ask the administrator who "
        "covers all of them."
    ),
    "not-permitted.only-here": _(
        "Your own affiliation does not include what lies below, so none that you give may. Untick that, or ask an "
        "administrator whose affiliation does."
    ),
    "not-permitted.reaches-further": _(
        "This person reaches what lies below, and your own affiliation does not. Ask an administrator whose "
        "affiliation includes everything below."
    ),
    "not-permitted.department": _(
        "A head of department decides about people of the own department. Ask the partnership office for the rest."
    ),
    "not-permitted.self": _("You cannot shut out yourself; ask another administrator."),
    "not-found": _("There is no such record within your reach."),
    "stale-version": _("Somebody else saved this record in the meantime. Compare both versions and save again."),
    "command-key-reused": _("This form was sent already for something else. Open the page again and repeat it."),
    "state-refused": _("The record's state does not allow this step."),
    "separation-of-duties": _("The same person may not do both steps; ask a colleague."),
    "audit-chain-broken": _(
        "The audit trail is not intact at event %(sequence)s. Compare with the last backup that verifies."
    ),
    "password-refused": _("The password is not accepted: %(messages)s"),
    "invalid-input.user-name-empty": _("A user needs a user name and a name to show."),
    "invalid-input.user-name-taken": _(
        "The user name '%(given)s' is taken. Choose another, or give the existing user an affiliation."
    ),
    "invalid-input.user-name-form": _(
        "'%(given)s' cannot be a user name. Use letters, digits and . _ - @ + without blanks, beginning with a letter "
        "or a digit."
    ),
    "invalid-input.user-text-too-long": _("At most %(maximum)s characters fit. Shorten it."),
    "invalid-input.unseen-characters": _("It holds characters that cannot be seen (%(found)s). Type it anew."),
    "invalid-input.email-form": _("'%(given)s' is no e-mail address. Write it as name@example.org."),
    "invalid-input.department-needed": _("A head of department needs a department."),
    "invalid-input.department-outside": _("'%(given)s' is no department of this institution. Name one of its own."),
    "invalid-input.affiliation-held": _(
        "The person holds this affiliation already, from %(start)s on. End that one first, or give other days."
    ),
    "invalid-input.ends-already": _(
        "It ends on %(end)s already, and %(given)s is later. Give an earlier day, or give the person a new affiliation."
    ),
    "invalid-input.node-unknown": _("There is no such institution or place."),
    "invalid-input.role-unknown": _("'%(given)s' is not a role."),
    "invalid-input.dates-reversed": _("It ends on %(end)s, before it starts on %(start)s. Correct one of the dates."),
}


@dataclass
class _Texts:
    by_code: dict[str, Text] = field(default_factory=lambda: dict(_KERNEL_TEXTS))


_TEXTS = _Texts()


def register_error_texts(texts: Mapping[str, Text]) -> None:
    """Add texts, by ``code`` or ``code.reason``; %(name)s stands for the error's parameter of that name."""
    taken = texts.keys() & _TEXTS.by_code.keys()
    if taken:
        raise ValueError(f"There are texts already for {', '.join(sorted(taken))}; each code has one text.")
    _TEXTS.by_code.update(texts)


def message_of(error: LianyiError) -> str:
    """Return the refusal in the active language; in English where its code has no text or lacks a parameter."""
    text = _TEXTS.by_code.get(f"{error.code}.{error.params.get('reason', '')}") or _TEXTS.by_code.get(error.code)
    if text is None:
        return error.message
    try:
        return str(text) % {name: shown(value) for name, value in error.params.items()}
    except KeyError:
        return error.message


def status_of(error: LianyiError) -> int:
    """Return the HTTP status of the page that tells the refusal."""
    return _STATUS.get(error.code, _REFUSED)
