"""Addresses of capability cycles."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import cycle_gaps, cycles

patterns = [
    path("cycles/", cycles.cycle_list, name="capability-cycles"),
    path("cycles/of/<int:pk>/", cycles.of_agreement, name="capability-cycles-of"),
    path("cycles/of/<int:pk>/open/", cycles.open_cycle, name="capability-cycle-open"),
    path("cycles/of/<int:pk>/specialties/", cycles.specialties, name="support-next"),
    path("cycles/<int:pk>/", cycles.cycle, name="capability-cycle"),
    path("cycles/<int:pk>/paper/", cycles.paper, name="capability-cycle-paper"),
    path("cycles/<int:pk>/pdf/", cycles.pdf, name="capability-cycle-pdf"),
    path("cycles/<int:pk>/change/", cycles.change_cycle, name="capability-cycle-change"),
    path("cycles/<int:pk>/steps/<str:name>/", cycles.step, name="capability-cycle-step"),
    path("cycles/<int:pk>/gather/", cycles.gather, name="capability-cycle-gather"),
    path("cycles/<int:pk>/look-back/", cycles.look_back, name="capability-cycle-look-back"),
    path("cycles/<int:pk>/gaps/new/", cycle_gaps.write_gap, name="capability-gap-new"),
    path("gaps/<int:pk>/move/", cycle_gaps.move_gap, name="capability-gap-move"),
    path("gaps/<int:pk>/lines/new/", cycle_gaps.add_line, name="gap-line-new"),
    path("gaps/<int:pk>/judge/", cycle_gaps.judge, name="capability-gap-judge"),
    path("gap-lines/<int:pk>/change/", cycle_gaps.change_line, name="gap-line-change"),
    path("gap-lines/<int:pk>/end/", cycle_gaps.end_line, name="gap-line-end"),
]
