"""What every command has around it: one transaction, one line of writers, and a key that makes a retry harmless."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.apps import apps
from django.db import models, transaction

from lianyi.accounts.audit import CommandContext, lock_chain
from lianyi.accounts.errors import CommandKeyReusedError
from lianyi.accounts.models import CommandReceipt

P = ParamSpec("P")
Result = TypeVar("Result", bound=models.Model)
_TURN = threading.Lock()


def command(
    name: str,
) -> Callable[[Callable[Concatenate[CommandContext, P], Result]], Callable[Concatenate[CommandContext, P], Result]]:
    """Make a function a command: a thing that a person can do, whole or not at all, and once for each key."""

    def decorate(
        function: Callable[Concatenate[CommandContext, P], Result],
    ) -> Callable[Concatenate[CommandContext, P], Result]:
        @functools.wraps(function)
        def run(context: CommandContext, *args: P.args, **kwargs: P.kwargs) -> Result:
            with _turn(), transaction.atomic():
                # Taking the chain's lock first gives all writers the same order, so no two of them can deadlock.
                lock_chain()
                receipt, is_new = CommandReceipt.objects.get_or_create(
                    key=context.key, defaults={"command": name, "user_id": context.actor.user_id}
                )
                if not is_new:
                    return _earlier_result(receipt, name, context)
                result = function(context, *args, **kwargs)
                receipt.object_type = result._meta.label_lower
                receipt.object_id = result.pk
                receipt.save(update_fields=["object_type", "object_id"])
                return result

        return cast("Callable[Concatenate[CommandContext, P], Result]", run)

    return decorate


@contextmanager
def _turn() -> Iterator[None]:
    """Let the threads of one process write in turn on SQLite, which lets some wait for many seconds and others not.

    A command inside a transaction has the database's own lock already and must not wait for a turn as well.
    """
    connection = transaction.get_connection()
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _TURN:
        yield


def _earlier_result(receipt: CommandReceipt, name: str, context: CommandContext) -> Result:  # type: ignore[type-var]
    if receipt.command != name or receipt.user_id != context.actor.user_id:
        raise CommandKeyReusedError(
            f"The command key {context.key} was used for another command ({receipt.command}). "
            "Open the page again and repeat what you wanted to do.",
            key=context.key,
        )
    model = apps.get_model(receipt.object_type)
    result: Result = model._default_manager.get(pk=receipt.object_id)
    return result
