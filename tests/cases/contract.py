"""The tables that can be loaded: their columns in order, which make a row one of its kind, which must be filled."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator

from lianyi.cases import case_folders

COLUMNS = {
    "places": "code* name_zh* name_en level* parent_code valid_from valid_to longitude latitude coordinate_system",
    "place_populations": "place_code* year* group persons* source",
    "place_successions": "predecessor_code* successor_code* kind* effective_on*",
    "institutions": "code* name_zh* name_en alias kind* tier grade ownership place_code* parent_code address longitude"
    " latitude coordinate_system opened_on closed_on is_open_24_hours",
    "departments": "institution_code* code* name_zh* name_en specialty* status minimum_staff_on_duty opened_on"
    " closed_on",
    "department_status_changes": "institution_code* department_code* since* status* level_text source",
    "staff": "institution_code* code* name_zh* name_en department_code profession* title_rank title specialty"
    " licence_number employed_from employed_to",
    "staff_unavailabilities": "institution_code* staff_code* starts_on* ends_on* kind*",
    "bed_counts": "institution_code* department_code bed_type* counted_at* beds_open* beds_occupied beds_reserved"
    " source",
    "services": "institution_code* service* is_24_hours capacity since until",
    "equipment": "institution_code* equipment_kind* units* units_working counted_at*",
    "yearly_workloads": "institution_code* department_code year* measure* quantity* source",
    "place_figures": "place_code* year* measure* quantity* source",
    "cadre_workloads": "institution_code* department_code cadre* profession specialty year* existing_staff*"
    " days_per_week* hours_per_day* public_holidays* annual_leave* sick_leave* other_absence weeks_per_year source",
    "workload_components": "institution_code* department_code cadre* year* kind* name* volume measure amount* unit*"
    " staff source",
    "readiness_items": "institution_code* service domain item* available profession specialty assessed_on* source",
    "alliances": "code* name_zh* name_en kind* lead_code* place_code specialty founded_on dissolved_on",
    "alliance_memberships": "alliance_code* institution_code* valid_from* valid_to tightness",
    "agreements": "code* title_zh* title_en kind* starts_on* ends_on* term_is_stated signed_on alliance_code rule_set"
    " approvals renews_code summary_zh summary_en",
    "agreement_parties": "agreement_code* institution_code* side* valid_from* valid_to",
    "duties": "agreement_code* code* title_zh* title_en evidence_kind* quantity* unit* period owner_side starts_on"
    " due_on specialties title_rank indicator_targets source",
    "cycle_steps": "agreement_code* cycle* step* started_on* finished_on note",
    "timeline_facts": "agreement_code* code* kind* happened_on* precision statement_zh* statement_en quantity unit"
    " duty_code source",
    "batches": "agreement_code* number* name_zh name_en starts_on* ends_on*",
    "teams": "agreement_code* code* name_zh* name_en batch_number leader_institution_code leader_staff_code",
    "postings": "agreement_code* code* kind* staff_institution_code* staff_code* to_institution_code*"
    " to_department_code specialty batch_number team_code predecessor_code starts_on* ends_on* arrived_on left_on"
    " tasks",
    "posting_absences": "agreement_code* posting_code* starts_on* ends_on* kind*",
    "round_programmes": "agreement_code* code* name_zh* name_en kind* starts_on* ends_on* required_visits* period*"
    " least_days_between most_days_between rule",
    "round_crews": "programme_code* team_code* start_code* vehicle weekdays day_starts_at* day_ends_at* break_minutes"
    " break_from most_nights skills ends_on",
    "round_stops": "programme_code* code* institution_code place_code service_minutes* required_visits period weekdays"
    " opens_at closes_at skills offers_night starts_on ends_on",
    "round_closures": "programme_code* stop_code* starts_on* ends_on* kind* reason",
    "round_visits": "programme_code* day* team_code* stop_code* position arrives_at departs_at travel_minutes"
    " was_planned state held_on began_at ended_at reason_code reason people_seen services note",
    "projects": "code* title_zh* title_en kind* template institution_code* department_code agreement_code duty_code"
    " planned_from* target_on* state started_on ended_on source",
    "project_milestones": "project_code* number* name_zh* name_en asked_zh asked_en signed_by baseline_from*"
    " baseline_to* reached_on evidence evidence_file verified_on",
    "milestone_moves": "project_code* number* moved_on* new_from* new_to* reason_code* reason*",
    "project_money": "project_code* number* kind* money_source* amount_yuan* on* purpose corrects_number",
    "project_people": "project_code* institution_code* staff_code* role* starts_on* ends_on",
    "innovations": "code* title_zh* title_en kind* institution_code* department_code agreement_code duty_code"
    " started_on* problem_zh problem_en source",
    "innovation_steps": "innovation_code* number* on* stage* step* evidence reason",
    "innovation_partners": "innovation_code* number* kind* institution_code name_zh name_en part* share_percent*"
    " starts_on* ends_on",
    "ethics_approvals": "innovation_code* approval_number* committee* approved_on* valid_to*",
    "innovation_gains": "innovation_code* number* stage* kind* quantity* on* words",
    "innovation_uses": "innovation_code* institution_code* first_used_on*",
    "innovation_use_checks": "innovation_code* institution_code* checked_on* still_used* note",
    "courses": "agreement_code* code* organiser_code* title_zh* title_en kind* starts_on* ends_on* test_maximum"
    " pass_mark least_attendance_percent",
    "training_sessions": "agreement_code* course_code code* kind* title* day* minutes* institution_code department_code"
    " place teacher teacher_name specialty technique_code state held_on held_minutes reason people_seen people"
    " services",
    "enrolments": "course_code* staff name institution_name",
    "attendances": "session_code* staff name institution_name is_present source",
    "test_results": "course_code* staff name institution_name moment* score* taken_on*",
    "techniques": "agreement_code* code* institution_code* department_code* item name_zh name_en duty_code"
    " duty_agreement_code chosen_on* reason ready_on independent_from proposer_institution_code proposer_code"
    " signer_code",
    "technique_cases": "technique_code* done_on* part* local_staff_code posting_code count* complications note",
    "capability_assessments": "code* institution_code* department_code agreement_code checklist* assessed_on* kind*"
    " state assessed_by note",
    "assessment_items": "assessment_code* item* result* value evidence",
    "reporting_assignments": "unit_code* family* period* starts_on* ends_on due_days*",
    "indicator_sheets": "unit_code* family* period* state received_on",
    "indicator_values": "indicator_code* unit_code* period* numerator denominator unavailable_because note",
    "quality_cases": "code* unit_code* indicator_code* period* side* rule* state* opened_on* owner_words due_on"
    " cause_kind cause closed_on",
    "quality_actions": "case_code* number* what* owner_words* due_on* done_on evidence dropped_because",
    "quality_checks": "case_code* checked_on* verdict* finding* points* words* signed_by*",
    "performance_assessments": "code* scheme* institution_code* agreement_code period_from* period_to* due_on state"
    " note",
    "performance_findings": "assessment_code* item* side* grade value out_of attained reason",
    "capability_cycles": "agreement_code* cycle* aim review_due_on",
    "capability_gaps": "agreement_code* cycle* code* assessment_code item institution_code department_code specialty"
    " profession words_zh words_en weight distance seen_on",
    "gap_plan_lines": "agreement_code* cycle* gap_code* number* kind* what* owner_side* owner due_on* duty_code target"
    " target_value state ended_on ended_note course_code technique_code project_code",
    "secondment_goals": "agreement_code* posting_code* number* technique_code words level*",
    "return_checks": "agreement_code* posting_code* months* checked_on* outcome* evidence*",
    "field_log": "agreement_code* posting_code* day* outpatients ward_rounds operations teaching_minutes people words",
    "exchange_visits": "code* agreement_code kind* title_zh* title_en starts_on* ends_on* host_code* guest_code*"
    " place_code venue state minutes_side seen_zh seen_en agreed_zh agreed_en source",
    "visit_programme": "visit_code* position* day starts_at ends_at subject_zh subject_en speaker",
    "visit_institutions": "visit_code* position* side* institution_code*",
    "visit_participants": "visit_code* position* side* name function institution_code staff_code"
    " staff_institution_code",
    "visit_contributions": "visit_code* position* speaker* topic words_zh words_en",
    "visit_points": "visit_code* number* kind* category* statement_zh statement_en evidence raised_on raised_by"
    " raised_by_institution_code raised_by_staff_code staff_institution_code institution_code department_code state"
    " answer former_visit_code former_number merged_visit_code merged_number source",
    "visit_actions": "visit_code* point_number* title_zh title_en state owner_code owner_staff_code"
    " staff_institution_code owner_function supporter_code due_on duty_agreement_code duty_code indicator_code"
    " indicator_words done_on evidence checked_on checked_by checked_by_code check_words closed_on",
    "recognitions": "code* agreement_code visit_code kind* given_on* to_institution_code to_staff_code to_words"
    " what_for_zh what_for_en given_by_code* gift handed_over_on source",
    "mentor_pairs": "agreement_code* code* duty_code mentor_institution_code* mentor_code* apprentice_institution_code*"
    " apprentice_code* starts_on* planned_to ended_on end_reason",
    "mentor_goals": "pair_code* number* technique_code words level* due_on*",
    "logbook_lines": "pair_code* goal_number* done_on* level* count* remark written_side* answered_on",
    "mentor_levels": "pair_code* goal_number* level* since* signer_institution_code* signer_code* answered_on*",
}
KEYS = {
    "exchange_visits": ("code",),
    "visit_programme": ("visit_code", "position"),
    "visit_institutions": ("visit_code", "position"),
    "visit_participants": ("visit_code", "position"),
    "visit_contributions": ("visit_code", "position"),
    "visit_points": ("visit_code", "number"),
    "visit_actions": ("visit_code", "point_number"),
    "recognitions": ("code",),
    "places": ("code",),
    "place_populations": ("place_code", "year", "group"),
    "place_successions": ("predecessor_code", "successor_code", "effective_on"),
    "institutions": ("code",),
    "departments": ("institution_code", "code"),
    "department_status_changes": ("institution_code", "department_code", "since"),
    "staff": ("institution_code", "code"),
    "staff_unavailabilities": ("institution_code", "staff_code", "starts_on"),
    "bed_counts": ("institution_code", "department_code", "bed_type", "counted_at"),
    "services": ("institution_code", "service"),
    "equipment": ("institution_code", "equipment_kind"),
    "yearly_workloads": ("institution_code", "department_code", "year", "measure"),
    "place_figures": ("place_code", "year", "measure"),
    "cadre_workloads": ("institution_code", "department_code", "cadre", "year"),
    "workload_components": ("institution_code", "department_code", "cadre", "year", "kind", "name"),
    "readiness_items": ("institution_code", "service", "domain", "item", "assessed_on"),
    "alliances": ("code",),
    "alliance_memberships": ("alliance_code", "institution_code", "valid_from"),
    "agreements": ("code",),
    "agreement_parties": ("agreement_code", "institution_code"),
    "duties": ("agreement_code", "code"),
    "cycle_steps": ("agreement_code", "cycle", "step"),
    "timeline_facts": ("agreement_code", "code"),
    "batches": ("agreement_code", "number"),
    "teams": ("agreement_code", "code"),
    "postings": ("agreement_code", "code"),
    "posting_absences": ("agreement_code", "posting_code", "starts_on"),
    "round_programmes": ("code",),
    "round_crews": ("programme_code", "team_code"),
    "round_stops": ("programme_code", "code"),
    "round_closures": ("programme_code", "stop_code", "starts_on"),
    "round_visits": ("programme_code", "day", "team_code", "stop_code"),
    "projects": ("code",),
    "project_milestones": ("project_code", "number"),
    "milestone_moves": ("project_code", "number", "moved_on"),
    "project_money": ("project_code", "number"),
    "project_people": ("project_code", "institution_code", "staff_code", "starts_on"),
    "innovations": ("code",),
    "innovation_steps": ("innovation_code", "number"),
    "innovation_partners": ("innovation_code", "number"),
    "ethics_approvals": ("innovation_code", "approval_number"),
    "innovation_gains": ("innovation_code", "number"),
    "innovation_uses": ("innovation_code", "institution_code"),
    "innovation_use_checks": ("innovation_code", "institution_code", "checked_on"),
    "courses": ("code",),
    "training_sessions": ("code",),
    "enrolments": ("course_code", "staff", "name", "institution_name"),
    "attendances": ("session_code", "staff", "name", "institution_name"),
    "test_results": ("course_code", "staff", "name", "institution_name", "moment"),
    "capability_assessments": ("code",),
    "assessment_items": ("assessment_code", "item"),
    "reporting_assignments": ("unit_code", "family", "period", "starts_on"),
    "indicator_sheets": ("unit_code", "family", "period"),
    "indicator_values": ("indicator_code", "unit_code", "period"),
    "quality_cases": ("code",),
    "quality_actions": ("case_code", "number"),
    "quality_checks": ("case_code", "checked_on"),
    "performance_assessments": ("code",),
    "performance_findings": ("assessment_code", "item", "side"),
    "capability_cycles": ("agreement_code", "cycle"),
    "capability_gaps": ("agreement_code", "cycle", "code"),
    "gap_plan_lines": ("agreement_code", "cycle", "gap_code", "number"),
    "secondment_goals": ("agreement_code", "posting_code", "number"),
    "return_checks": ("agreement_code", "posting_code", "months"),
    "field_log": ("agreement_code", "posting_code", "day"),
}
# Column, table and key columns that it points to, and which columns of the row make up that key.
AGREEMENT, INSTITUTION = ("agreements", ("code",)), ("institutions", ("code",))
VISIT = ("exchange_visits", ("code",))
STAFF = ("staff", ("institution_code", "code"))
REFERENCES = {
    "exchange_visits": {
        ("agreement_code",): AGREEMENT,
        ("host_code",): INSTITUTION,
        ("guest_code",): INSTITUTION,
        ("place_code",): ("places", ("code",)),
    },
    "visit_programme": {("visit_code",): VISIT},
    "visit_institutions": {("visit_code",): VISIT, ("institution_code",): INSTITUTION},
    "visit_participants": {
        ("visit_code",): VISIT,
        ("institution_code",): INSTITUTION,
        ("institution_code", "staff_code"): STAFF,
    },
    "visit_contributions": {("visit_code",): VISIT},
    "visit_points": {
        ("visit_code",): VISIT,
        ("raised_by_institution_code", "raised_by_staff_code"): STAFF,
        ("institution_code", "department_code"): ("departments", ("institution_code", "code")),
        ("former_visit_code", "former_number"): ("visit_points", ("visit_code", "number")),
    },
    "visit_actions": {
        ("visit_code", "point_number"): ("visit_points", ("visit_code", "number")),
        ("owner_code",): INSTITUTION,
        ("supporter_code",): INSTITUTION,
        ("checked_by_code",): INSTITUTION,
        ("duty_agreement_code", "duty_code"): ("duties", ("agreement_code", "code")),
    },
    "recognitions": {
        ("agreement_code",): AGREEMENT,
        ("visit_code",): VISIT,
        ("given_by_code",): INSTITUTION,
        ("to_institution_code", "to_staff_code"): STAFF,
    },
    "places": {("parent_code",): ("places", ("code",))},
    "place_populations": {("place_code",): ("places", ("code",))},
    "place_figures": {("place_code",): ("places", ("code",))},
    "institutions": {("place_code",): ("places", ("code",)), ("parent_code",): INSTITUTION},
    "departments": {("institution_code",): INSTITUTION},
    "department_status_changes": {
        ("institution_code", "department_code"): ("departments", ("institution_code", "code"))
    },
    "staff": {
        ("institution_code",): INSTITUTION,
        ("institution_code", "department_code"): ("departments", ("institution_code", "code")),
    },
    "staff_unavailabilities": {("institution_code", "staff_code"): ("staff", ("institution_code", "code"))},
    "bed_counts": {("institution_code",): INSTITUTION},
    "services": {("institution_code",): INSTITUTION},
    "equipment": {("institution_code",): INSTITUTION},
    "yearly_workloads": {("institution_code",): INSTITUTION},
    "cadre_workloads": {("institution_code",): INSTITUTION},
    "workload_components": {
        ("institution_code", "department_code", "cadre", "year"): (
            "cadre_workloads",
            ("institution_code", "department_code", "cadre", "year"),
        )
    },
    "readiness_items": {("institution_code",): INSTITUTION},
    "alliances": {("lead_code",): INSTITUTION, ("place_code",): ("places", ("code",))},
    "alliance_memberships": {("alliance_code",): ("alliances", ("code",)), ("institution_code",): INSTITUTION},
    "agreements": {("alliance_code",): ("alliances", ("code",)), ("renews_code",): AGREEMENT},
    "agreement_parties": {("agreement_code",): AGREEMENT, ("institution_code",): INSTITUTION},
    "duties": {("agreement_code",): AGREEMENT},
    "cycle_steps": {("agreement_code",): AGREEMENT},
    "timeline_facts": {
        ("agreement_code",): AGREEMENT,
        ("agreement_code", "duty_code"): ("duties", ("agreement_code", "code")),
    },
    "batches": {("agreement_code",): AGREEMENT},
    "teams": {
        ("agreement_code",): AGREEMENT,
        ("agreement_code", "batch_number"): ("batches", ("agreement_code", "number")),
        ("leader_institution_code", "leader_staff_code"): ("staff", ("institution_code", "code")),
    },
    "postings": {
        ("agreement_code",): AGREEMENT,
        ("staff_institution_code", "staff_code"): ("staff", ("institution_code", "code")),
        ("to_institution_code",): INSTITUTION,
        ("to_institution_code", "to_department_code"): ("departments", ("institution_code", "code")),
        ("agreement_code", "batch_number"): ("batches", ("agreement_code", "number")),
        ("agreement_code", "team_code"): ("teams", ("agreement_code", "code")),
        ("agreement_code", "predecessor_code"): ("postings", ("agreement_code", "code")),
    },
    "posting_absences": {("agreement_code", "posting_code"): ("postings", ("agreement_code", "code"))},
    "round_programmes": {("agreement_code",): AGREEMENT},
    "round_crews": {("programme_code",): ("round_programmes", ("code",)), ("start_code",): INSTITUTION},
    "round_stops": {("programme_code",): ("round_programmes", ("code",)), ("institution_code",): INSTITUTION},
    "round_closures": {("programme_code", "stop_code"): ("round_stops", ("programme_code", "code"))},
    "round_visits": {
        ("programme_code", "stop_code"): ("round_stops", ("programme_code", "code")),
        ("programme_code", "team_code"): ("round_crews", ("programme_code", "team_code")),
    },
    "projects": {
        ("institution_code",): INSTITUTION,
        ("institution_code", "department_code"): ("departments", ("institution_code", "code")),
        ("agreement_code",): AGREEMENT,
        ("agreement_code", "duty_code"): ("duties", ("agreement_code", "code")),
    },
    "project_milestones": {("project_code",): ("projects", ("code",))},
    "milestone_moves": {("project_code", "number"): ("project_milestones", ("project_code", "number"))},
    "project_money": {("project_code",): ("projects", ("code",))},
    "project_people": {
        ("project_code",): ("projects", ("code",)),
        ("institution_code", "staff_code"): ("staff", ("institution_code", "code")),
    },
    "innovations": {
        ("institution_code",): INSTITUTION,
        ("institution_code", "department_code"): ("departments", ("institution_code", "code")),
        ("agreement_code",): AGREEMENT,
        ("agreement_code", "duty_code"): ("duties", ("agreement_code", "code")),
    },
    "innovation_steps": {("innovation_code",): ("innovations", ("code",))},
    "innovation_partners": {("innovation_code",): ("innovations", ("code",)), ("institution_code",): INSTITUTION},
    "ethics_approvals": {("innovation_code",): ("innovations", ("code",))},
    "innovation_gains": {("innovation_code",): ("innovations", ("code",))},
    "innovation_uses": {("innovation_code",): ("innovations", ("code",)), ("institution_code",): INSTITUTION},
    "innovation_use_checks": {
        ("innovation_code", "institution_code"): ("innovation_uses", ("innovation_code", "institution_code"))
    },
    "courses": {("agreement_code",): AGREEMENT, ("organiser_code",): INSTITUTION},
    "training_sessions": {
        ("agreement_code",): AGREEMENT,
        ("course_code",): ("courses", ("code",)),
        ("institution_code",): INSTITUTION,
        ("institution_code", "department_code"): ("departments", ("institution_code", "code")),
    },
    "enrolments": {("course_code",): ("courses", ("code",))},
    "attendances": {("session_code",): ("training_sessions", ("code",))},
    "test_results": {("course_code",): ("courses", ("code",))},
    "capability_assessments": {
        ("institution_code",): INSTITUTION,
        ("institution_code", "department_code"): ("departments", ("institution_code", "code")),
        ("agreement_code",): AGREEMENT,
    },
    "assessment_items": {("assessment_code",): ("capability_assessments", ("code",))},
    "performance_assessments": {("institution_code",): INSTITUTION, ("agreement_code",): AGREEMENT},
    "performance_findings": {("assessment_code",): ("performance_assessments", ("code",))},
    "capability_cycles": {("agreement_code",): AGREEMENT},
    "capability_gaps": {
        ("agreement_code", "cycle"): ("capability_cycles", ("agreement_code", "cycle")),
        ("assessment_code",): ("capability_assessments", ("code",)),
    },
    "gap_plan_lines": {
        ("agreement_code", "cycle", "gap_code"): ("capability_gaps", ("agreement_code", "cycle", "code")),
        ("agreement_code", "duty_code"): ("duties", ("agreement_code", "code")),
        ("course_code",): ("courses", ("code",)),
        ("project_code",): ("projects", ("code",)),
    },
    "secondment_goals": {("agreement_code", "posting_code"): ("postings", ("agreement_code", "code"))},
    "return_checks": {("agreement_code", "posting_code"): ("postings", ("agreement_code", "code"))},
    "field_log": {("agreement_code", "posting_code"): ("postings", ("agreement_code", "code"))},
}
CHOICES = {
    ("exchange_visits", "kind"): "exchange inspection symposium condolence",
    ("exchange_visits", "state"): "planned held minutes_written minutes_agreed cancelled",
    ("visit_participants", "side"): "host guest",
    ("visit_institutions", "side"): "host guest",
    ("visit_points", "kind"): "finding problem suggestion demand praise difficulty",
    ("visit_points", "state"): "raised answered noted refused",
    ("visit_actions", "state"): "reported sorted agreed doing done verified closed standby refused",
    ("recognitions", "kind"): "recognition thanks family gift",
    ("places", "level"): "country province prefecture county township village",
    ("place_populations", "group"): "resident registered aged_65_plus",
    ("institutions", "tier"): "tertiary secondary primary ungraded",
    ("institutions", "grade"): "A B C none",
    ("departments", "status"): "weak developing established key",
    ("department_status_changes", "status"): "weak developing established key",
    ("staff_unavailabilities", "kind"): "leave training family other",
    ("services", "capacity"): "open assess_first waiting_list full",
    ("yearly_workloads", "measure"): "outpatient_visits emergency_visits admissions discharges bed_days operations"
    " deliveries",
    ("place_figures", "measure"): "area_km2 income_per_head institutions beds doctors nurses staff",
    ("workload_components", "kind"): "activity support additional",
    ("workload_components", "unit"): "minutes hours per_hour percent minutes_per_day minutes_per_week minutes_per_month"
    " minutes_per_year hours_per_day hours_per_week hours_per_month hours_per_year",
    ("alliances", "kind"): "urban_medical_group county_medical_community specialty_alliance telemedicine_network"
    " medical_association",
    ("alliance_memberships", "tightness"): "loose semi_tight tight",
    ("agreements", "kind"): "counterpart_support inter_provincial group_style cooperation specialty_alliance"
    " village_doctors mobile_service exchange supervision",
    ("agreements", "term_is_stated"): "yes no",
    ("agreement_parties", "side"): "supporting supported mutual organiser site",
    ("duties", "evidence_kind"): "persons_posted person_days_on_site unbroken_presence specialties_covered sites_served"
    " pipeline_stages results_in_use"
    " batches_sent persons_seconded_up stationed_mid_grade_doctors executive_deans training_sessions free_clinics"
    " mentor_pairs techniques_independent project_milestones referrals_answered_in_time patients_transferred_back"
    " rounds_held visits_held actions_closed indicator_target",
    ("duties", "period"): "term year quarter month week",
    ("duties", "owner_side"): "supporting supported mutual organiser site",
    ("cycle_steps", "step"): "1 2 3 4 5 6",
    ("timeline_facts", "kind"): "signing staff visit meeting training clinic technique construction referral demand"
    " recognition other",
    ("timeline_facts", "precision"): "day month year",
    ("postings", "kind"): "team secondment_up first_village_doctor executive_dean first_secretary visiting_expert",
    ("posting_absences", "kind"): "home_leave sick duty_travel training other",
    ("round_programmes", "kind"): "mobile_hospital walking_doctor visiting_specialist",
    ("round_programmes", "period"): "week month quarter",
    ("round_closures", "kind"): "weather road season holiday other",
    ("round_visits", "state"): "planned done shortened missed",
    ("capability_assessments", "kind"): "self outside",
    ("capability_assessments", "state"): "draft submitted final",
    ("assessment_items", "result"): "met not_met not_applicable not_assessed",
    ("performance_assessments", "state"): "draft submitted",
    ("performance_findings", "side"): "self",
    ("gap_plan_lines", "kind"): "posting training technique project visit_action other",
    ("gap_plan_lines", "owner_side"): "supporting supported both",
    ("gap_plan_lines", "state"): "planned done dropped",
    ("round_visits", "reason_code"): "weather road vehicle crew_short people_away emergency ran_late other",
    ("projects", "kind"): "department chest_pain_centre stroke_centre trauma_centre critical_mother_centre"
    " critical_newborn_centre sub_centre building_phase key_specialty",
    ("projects", "state"): "planned running paused finished given_up",
    ("project_milestones", "signed_by"): "another partner authority",
    ("milestone_moves", "reason_code"): "money people equipment approval building epidemic changed_plan other",
    ("project_money", "kind"): "planned committed spent",
    ("project_money", "money_source"): "own county province central partner donation loan other",
    ("project_people", "role"): "lead member adviser",
    ("innovations", "kind"): "medicine_engineering result",
    ("innovation_steps", "step"): "complete skip back stop take_up",
    ("innovation_partners", "kind"): "institution company university other",
    ("innovation_gains", "kind"): "money patents techniques papers",
    ("innovation_use_checks", "still_used"): "yes no",
    ("courses", "kind"): "taught bedside skills lectures other",
    (
        "training_sessions",
        "kind",
    ): "lesson ward_round case_discussion operation_shown lecture free_clinic skills_practice",
    ("training_sessions", "state"): "planned held cancelled",
    ("attendances", "source"): "list code table",
    ("test_results", "moment"): "before after",
    ("reporting_assignments", "period"): "month quarter year",
    ("indicator_sheets", "state"): "draft submitted checked accepted locked",
    ("quality_cases", "side"): "high low",
    ("quality_cases", "rule"): "outside trend two-of-three shift",
    ("quality_cases", "state"): "open owned cause_found action_agreed action_done checking worked not_worked closed"
    " dismissed",
    ("quality_checks", "verdict"): "worked not_worked",
    ("quality_checks", "finding"): "too_early better settled no_change worse",
    ("secondment_goals", "level"): "observed assisted supervised independent",
    ("return_checks", "outcome"): "independent with_help not_in_field left",
}
CODES = {
    ("institutions", "kind"): "institution_kinds",
    ("departments", "specialty"): "specialties",
    ("staff", "profession"): "professions",
    ("staff", "title_rank"): "title_ranks",
    ("staff", "specialty"): "specialties",
    ("bed_counts", "bed_type"): "bed_types",
    ("services", "service"): "services",
    ("equipment", "equipment_kind"): "equipment_kinds",
    ("alliances", "specialty"): "specialties",
    ("duties", "title_rank"): "title_ranks",
    ("postings", "specialty"): "specialties",
}
Row = dict[str, str]


@functools.cache
def tables() -> dict[tuple[str, str], list[Row]]:
    """Every table of every folder, by folder and kind."""
    found = {}
    for folder in case_folders():
        for file in sorted(folder.glob("*.csv")):
            with file.open(encoding="utf-8", newline="") as stream:
                found[folder.name, file.stem] = list(csv.DictReader(stream))
    return found


def rows(kind: str, case: str = "") -> list[Row]:
    return [row for (folder, name), found in tables().items() if name == kind and case in ("", folder) for row in found]


def by_key(kind: str) -> dict[tuple[str, ...], Row]:
    return {tuple(row[name] for name in KEYS[kind]): row for row in rows(kind)}


def every_row() -> Iterator[tuple[str, str, Row]]:
    for (folder, kind), found in tables().items():
        for row in found:
            yield folder, kind, row
