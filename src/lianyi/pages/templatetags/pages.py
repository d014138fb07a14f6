"""What the templates of all applications need: ``{% load pages %}``."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lianyi.pages import names, values
from lianyi.pages.action_names import action_name as name_of_action
from lianyi.pages.forms import new_command_key
from lianyi.pages.home import HomePanel

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one of the icons of the sprite; it is decoration, the word beside it carries the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("vendor/icons/icons.svg"),
        name,
    )


@register.simple_tag
def command_key_input() -> SafeString:
    """Give a form without fields its command key."""
    return format_html('<input type="hidden" name="command_key" value="{}">', new_command_key())


@register.simple_tag(takes_context=True)
def home_panel(context: template.Context, panel: HomePanel) -> SafeString:
    """Draw a card of the home page by its own template, which sees the panel's context."""
    drawing = context.template.engine.get_template(panel.template_name)  # type: ignore[union-attr]
    with context.push(**panel.context):
        return drawing.render(context)


@register.filter
def name_of(row: object, stem: str = "name") -> str:
    """Show ``name_zh`` or ``name_en`` in the page's language; ``{{ agreement|name_of:"title" }}`` for other stems."""
    return names.name_of(row, stem)


@register.filter
def language_of(text: str) -> str:
    """Tag a text that is kept in one language only: ``<span lang="{{ text|language_of }}">``."""
    return names.language_of(text)


@register.filter
def shown(value: object) -> str:
    """Show any value the one way that pages show it."""
    return values.shown(value)


@register.filter
def action_name(action: str) -> str:
    """Show what the trail calls a command."""
    return name_of_action(action)
