"""What refusals about files say to people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: Mapping[str, Promise] = {
    "referral-attachment.empty": _("The file is empty. Choose another one."),
    "referral-attachment.kind-not-taken": _("This kind of file is not taken. Accepted: %(accepted)s."),
    "referral-attachment.not-what-it-says": _(
        "The name of the file ends with %(given)s, but its content is something else; expected: %(expected)s."
    ),
    "referral-attachment.broken": _("The file is not complete or damaged. Send it again, or take a photo."),
    "referral-attachment.more-than-one": _(
        "Something else is hidden behind the file. Send a plain picture: switch off moving pictures in the camera, or "
        "take a screenshot."
    ),
    "referral-attachment.active-pdf": _(
        "The PDF holds a program or another file. Print it to a PDF again, or take a photo of it."
    ),
    "referral-attachment.markup-inside": _(
        "The file holds parts of a web page or a program. Print it to a PDF, or take a photo of it."
    ),
    "referral-attachment.too-large": _("The file has %(given)s MB; at most %(most)s MB are taken."),
    "referral-attachment.too-many": _("The referral has %(given)s files already; at most %(most)s are kept."),
    "referral-attachment.choice-unknown": _("'%(given)s' is no kind of file. Accepted: %(accepted)s."),
    "referral-attachment.missing-in-storage": _(
        "The file is not in the storage of this installation. Tell its administrator."
    ),
    "referral-guard.attachment-void": _("This file is marked as entered in error already."),
    "not-permitted.record-relation": _(
        "Only the sides that hold the record may do this: the sender, the coordinator, and the receiver that has "
        "accepted the patient."
    ),
}
