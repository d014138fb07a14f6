"""What the tests of the registry's pages share."""

from __future__ import annotations

import itertools
import re

from django.test import Client
from django.urls import reverse

from tests.registry.factories import Region, acting
from tests.web.factories import signed_in

_keys = itertools.count(1)


def address(name: str, *args: object) -> str:
    """Return the address of a page of the registry."""
    return reverse(f"registry:{name}", args=args)


def browser(role: str, node_id: int, name: str, language: str = "en") -> Client:
    """Return a browser in which somebody with this one affiliation is signed in."""
    acting(role, node_id, name=name)
    return signed_in(name, language=language)


def steward(region: Region, language: str = "en") -> Client:
    """Return the browser of whoever keeps the prefecture's registry."""
    return browser("registry_steward", region.prefecture.pk, "steward", language)


def key() -> str:
    return f"page-test-{next(_keys)}"


def text_of(answer) -> str:
    """Return what people read on a page, blanks made one."""
    without_scripts = re.sub(r"<script.*?</script>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", without_scripts).replace("&#x27;", "'").split())


def hidden(answer, name: str) -> str:
    """Return the value of a hidden field of the page's form."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found is not None, f"the page has no hidden field {name}"
    return found[1]
