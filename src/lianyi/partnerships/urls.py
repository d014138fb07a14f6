"""The addresses of the partnership pages."""

from __future__ import annotations

from django.urls import path

from lianyi.partnerships.views import agreements, alliances, duties, forms_of_agreement, timeline

app_name = "partnerships"
urlpatterns = [
    path("agreements/", agreements.agreement_list, name="agreements"),
    path("agreements/new/", forms_of_agreement.new, name="agreement-new"),
    path("agreements/<int:pk>/", agreements.overview, name="agreement"),
    path("agreements/<int:pk>/timeline/", agreements.time_line, name="timeline"),
    path("agreements/<int:pk>/map/", agreements.flow_map, name="map"),
    path("agreements/<int:pk>/cycle/", agreements.cycle, name="cycle"),
    path("agreements/<int:pk>/sites/", agreements.sites, name="sites"),
    path("agreements/<int:pk>/document/", agreements.document, name="document"),
    path("agreements/<int:pk>/change/", forms_of_agreement.change, name="agreement-change"),
    path("agreements/<int:pk>/force/", forms_of_agreement.force, name="agreement-force"),
    path("agreements/<int:pk>/terminate/", forms_of_agreement.terminate, name="agreement-terminate"),
    path("agreements/<int:pk>/renew/", forms_of_agreement.renew, name="agreement-renew"),
    path("agreements/<int:pk>/document/attach/", forms_of_agreement.attach, name="document-attach"),
    path("agreements/<int:pk>/parties/add/", forms_of_agreement.add_party, name="party-add"),
    path("agreements/<int:pk>/answer/", forms_of_agreement.answer_part, name="part-answer"),
    path("parties/<int:pk>/end/", forms_of_agreement.end_party, name="party-end"),
    path("agreements/<int:pk>/duties/add/", duties.add, name="duty-add"),
    path("duties/<int:pk>/", duties.detail, name="duty"),
    path("duties/<int:pk>/change/", duties.change, name="duty-change"),
    path("agreements/<int:pk>/facts/add/", timeline.add_fact, name="fact-add"),
    path("facts/<int:pk>/correct/", timeline.correct_fact, name="fact-correct"),
    path("agreements/<int:pk>/cycle/start/", timeline.start_step, name="cycle-start"),
    path("cycle-steps/<int:pk>/finish/", timeline.finish_step, name="cycle-finish"),
    path("alliances/", alliances.alliance_list, name="alliances"),
    path("alliances/new/", alliances.new, name="alliance-new"),
    path("alliances/<int:pk>/", alliances.detail, name="alliance"),
    path("alliances/<int:pk>/members/add/", alliances.add_member, name="member-add"),
    path("memberships/<int:pk>/end/", alliances.end_member, name="member-end"),
    path("institutions/suggestions/", alliances.institution_suggestions, name="institution-suggestions"),
]
