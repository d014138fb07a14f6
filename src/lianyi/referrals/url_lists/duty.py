"""The addresses of duty rosters, notices and what carries them."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import duty, notices

patterns = [
    path("rosters/", duty.rosters, name="rosters"),
    path("rosters/new/", duty.new_roster, name="roster-new"),
    path("rosters/<int:pk>/", duty.roster, name="roster"),
    path("rosters/<int:pk>/change/", duty.change_roster, name="roster-change"),
    path("rosters/<int:pk>/fill/", duty.fill, name="roster-fill"),
    path("rosters/<int:pk>/copy-week/", duty.copy_week, name="roster-copy"),
    path("rosters/<int:pk>/publish/", duty.publish, name="roster-publish"),
    path("rosters/<int:pk>/withdraw/", duty.withdraw, name="roster-withdraw"),
    path("duties/", duty.own_duties, name="my-duties"),
    path("duties/<int:pk>/replace/", duty.replace, name="duty-replace"),
    path("duties/<int:pk>/take-back/", duty.take_back, name="duty-take-back"),
    path("notices/", notices.notices, name="notices"),
    path("notices/seen/", notices.see_all, name="notices-seen"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("dead-letters/", notices.dead_letters, name="dead-letters"),
    path("dead-letters/<int:pk>/replay/", notices.replay, name="delivery-replay"),
    path("webhooks/", notices.webhooks, name="webhooks"),
    path("webhooks/new/", notices.new_webhook, name="webhook-new"),
    path("webhooks/<int:pk>/retire/", notices.retire_webhook, name="webhook-retire"),
]
