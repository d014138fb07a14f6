"""A writer that never rests: locks and unlocks a user until it is stopped, an audit event each time."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.settings")
import django

django.setup()

from lianyi.accounts.commands import set_user_active  # noqa: E402 - models exist only after setup
from lianyi.operations.acting import service_context, user_named  # noqa: E402


def main() -> None:
    user = user_named("zhang")
    active = False
    while True:
        set_user_active(service_context(), user, active)
        active = not active
        print(flush=True)  # noqa: T201 - tells the test that one more was written


if __name__ == "__main__":
    main()
