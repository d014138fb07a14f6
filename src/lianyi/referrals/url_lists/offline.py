"""The addresses of work without network."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import conflicts, offline

patterns = [
    path("offline/", offline.offline, name="offline"),
    path("offline/worker.js", offline.worker, name="offline-worker"),
    path("offline/manifest.webmanifest", offline.manifest, name="offline-manifest"),
    path("offline/session/", offline.session, name="offline-session"),
    path("offline/register/", offline.register, name="offline-register"),
    path("offline/key/", offline.key_again, name="offline-key"),
    path("offline/sync/", offline.sync, name="offline-sync"),
    path("offline/devices/", offline.devices, name="offline-devices"),
    path("offline/devices/<int:pk>/revoke/", offline.device_revoke, name="offline-device-revoke"),
    path("conflicts/", conflicts.conflicts, name="conflicts"),
    path("conflicts/<int:pk>/", conflicts.conflict, name="conflict"),
]
