"""Addresses of counting from records."""

from __future__ import annotations

from django.urls import path

from lianyi.indicators.views import counted as views
from lianyi.indicators.views import counted_rows

patterns = [
    path("sheets/<int:pk>/count/", views.count, name="sheet-count"),
    path("sheets/<int:pk>/count/<str:code>/take/", views.take, name="sheet-take-count"),
    path("sheets/<int:pk>/count/<str:code>/<str:part>/rows/", counted_rows.rows, name="counted-rows"),
]
