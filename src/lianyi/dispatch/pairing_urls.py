"""The addresses of the pages about pairing plans."""

from __future__ import annotations

from django.urls import path

from lianyi.dispatch.views import pairing_steps, pairing_wishes, pairings, plan_runs

urlpatterns = [
    path("pairing/", pairings.pairing_list, name="pairings"),
    path("pairing/new/", pairing_steps.new_pairing, name="pairing-new"),
    path("pairing/wishes/", pairing_wishes.asked, name="asked-wishes"),
    path("pairing/wishes/<int:pk>/", pairing_wishes.own, name="own-wishes"),
    path("pairing/wishes/<int:pk>/back/", pairing_wishes.take_back, name="own-wishes-back"),
    path("pairing/<int:pk>/", pairings.pairing_detail, name="pairing"),
    path("pairing/<int:pk>/change/", pairing_steps.change_pairing, name="pairing-change"),
    path("pairing/<int:pk>/pairs/", pairings.pairs, name="pairing-pairs"),
    path("pairing/<int:pk>/known/", pairings.known, name="pairing-known"),
    path("pairing/<int:pk>/pairs/<int:donor>/<int:recipient>/", pairing_steps.pair, name="pairing-pair"),
    path("pairing/<int:pk>/wishes/", pairing_wishes.everybody, name="pairing-all-wishes"),
    path("pairing/<int:pk>/wishes/ask/", pairing_wishes.ask, name="pairing-ask-wishes"),
    path("pairing/<int:pk>/wishes/<slug:side>/<int:institution>/", pairing_wishes.enter, name="pairing-wishes"),
    path("pairing/<int:pk>/search/", plan_runs.search_pairs, name="pairing-search"),
    path("pairing/<int:pk>/progress/", plan_runs.progress_of_pairs, name="pairing-progress"),
    path("pairing/<int:pk>/copy/", pairing_steps.copy, name="pairing-copy"),
    path("pairing/<int:pk>/steps/<slug:name>/", pairing_steps.step, name="pairing-step"),
    path("pairing/<int:pk>/take-over/", pairings.take_over, name="pairing-take-over"),
]
