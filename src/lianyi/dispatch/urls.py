"""The addresses of the dispatch pages."""

from __future__ import annotations

from django.urls import path

from lianyi.dispatch.views import (
    boards,
    lines,
    need_proposals,
    needs,
    people,
    plans,
    postings,
    rules,
    suggestions,
    teams,
)

app_name = "dispatch"
urlpatterns = [
    path("needs/", needs.need_list, name="needs"),
    path("needs/new/", needs.new_need, name="need-new"),
    path("needs/proposals/", need_proposals.proposals, name="need-proposals"),
    path("needs/proposals/accept/", need_proposals.accept, name="proposal-accept"),
    path("needs/proposals/dismiss/", need_proposals.dismiss, name="proposal-dismiss"),
    path("needs/<int:pk>/", needs.need_detail, name="need"),
    path("needs/<int:pk>/change/", needs.change, name="need-change"),
    path("needs/<int:pk>/steps/<slug:name>/", needs.step, name="need-step"),
    path("board/", boards.board, name="board"),
    path("on-site/", boards.on_site, name="on-site"),
    path("postings/", postings.posting_list, name="postings"),
    path("postings/<int:pk>/", postings.posting_detail, name="posting"),
    path("postings/<int:pk>/change/", lines.change_line, name="line-change"),
    path("postings/<int:pk>/steps/<slug:name>/", lines.step, name="step"),
    path("postings/<int:pk>/replace/", lines.replace, name="replace"),
    path("postings/<int:pk>/correct/", lines.correct, name="correct-days"),
    path("postings/<int:pk>/answer/<slug:side>/", lines.answer, name="answer"),
    path("postings/<int:pk>/absences/add/", lines.add_absence, name="absence-add"),
    path("absences/<int:pk>/void/", lines.void_absence, name="absence-void"),
    path("approvals/", postings.approvals, name="approvals"),
    path("plan/<int:pk>/", plans.plan, name="plan"),
    path("plan/<int:pk>/lines/new/", lines.new_line, name="line-new"),
    path("plan/<int:pk>/publish/", plans.publish, name="publish"),
    path("plan/<int:pk>/batches/new/", plans.new_batch, name="batch-new"),
    path("plan/<int:pk>/teams/new/", teams.new_team, name="team-new"),
    path("batches/<int:pk>/record/<slug:name>/", plans.record_batch, name="batch-record"),
    path("rules/", rules.rule_agreements, name="rule-checks"),
    path("rules/<int:pk>/", rules.rules, name="rules"),
    path("evidence/<int:pk>/<str:first_day>/", rules.evidence, name="evidence"),
    path("person/<int:pk>/", people.person, name="person"),
    path("certificate/<int:pk>/", people.certificate_page, name="certificate"),
    path("certificate/<int:pk>.pdf", people.certificate_pdf, name="certificate-pdf"),
    path("verify/<str:code>/", people.verify, name="verify"),
    path("suggestions/agreements/", suggestions.agreements, name="agreement-suggestions"),
    path("suggestions/staff/", suggestions.staff, name="staff-suggestions"),
]
