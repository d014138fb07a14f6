"""Addresses of one's own account, of the administration of users, and of the trail."""

from __future__ import annotations

from django.urls import path

from lianyi.web import account_views as views
from lianyi.web import trail_views

app_name = "accounts"
urlpatterns = [
    path("me/", views.my_account, name="me"),
    path("password/", views.change_password, name="password"),
    path("users/", views.users, name="users"),
    path("users/new/", views.create_user, name="user-create"),
    path("users/<int:pk>/", views.user, name="user"),
    path("users/<int:pk>/password/", views.set_password, name="user-password"),
    path("users/<int:pk>/active/", views.set_active, name="user-active"),
    path("users/<int:pk>/affiliations/new/", views.give_affiliation, name="affiliation-create"),
    path("affiliations/<int:pk>/end/", views.end_affiliation, name="affiliation-end"),
    path("nodes/", views.node_suggestions, name="nodes"),
    path("departments/", views.department_suggestions, name="departments"),
    path("audit/", trail_views.audit, name="audit"),
    path("audit/verify/", trail_views.verify, name="audit-verify"),
    path("audit/<int:pk>/", trail_views.audit_event, name="audit-event"),
    path("readings/", trail_views.readings, name="readings"),
]
