"""The addresses of partners outside the network, guests and papers."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import guests, papers, partners

patterns = [
    path("partners/", partners.partners, name="partners"),
    path("partners/new/", partners.add, name="partner-add"),
    path("partners/<int:pk>/", partners.change, name="partner-change"),
    path("partners/<int:pk>/retire/", partners.retire, name="partner-retire"),
    path("cases/<int:pk>/guest-link/", partners.guest_link, name="guest-link"),
    path("guest-links/<int:pk>/revoke/", partners.guest_link_revoke, name="guest-link-revoke"),
    path("guest/", guests.guest, name="guest"),
    path("guest/case/", guests.case, name="guest-case"),
    path("guest/case/<slug:step>/", guests.answer, name="guest-answer"),
    path("cases/<int:pk>/form.pdf", papers.paper, name="paper"),
    path("cases/<int:pk>/slip/", papers.slip, name="slip"),
    path("blank-form.pdf", papers.blank_form, name="blank-form"),
]
