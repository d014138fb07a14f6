"""The addresses of writing, drafts and files."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import attachments, drafts, new_referral

patterns = [
    path("new/", new_referral.new, name="new"),
    path("new/parts/", new_referral.parts, name="new-parts"),
    path("new/meter/", new_referral.meter, name="new-meter"),
    path("new/destinations/", new_referral.destinations, name="destinations"),
    path("new/live/", new_referral.live_warning, name="live-warning"),
    path("cases/<int:pk>/onward/", new_referral.onward, name="onward"),
    path("cases/<int:pk>/new-version/", new_referral.new_version, name="new-version"),
    path("drafts/<int:pk>/", drafts.draft, name="draft"),
    path("drafts/<int:pk>/destinations/", drafts.draft_destinations, name="draft-destinations"),
    path("drafts/receivers/<int:pk>/remove/", drafts.remove_receiver, name="receiver-remove"),
    path("requests/<int:pk>/files/add/", attachments.add, name="attachment-add"),
    path("files/<int:pk>/", attachments.download, name="attachment"),
    path("files/<int:pk>/void/", attachments.void, name="attachment-void"),
]
