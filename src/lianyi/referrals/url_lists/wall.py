"""The address of the wall in a duty room."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import wall

patterns = [path("wall/", wall.wall, name="wall")]
