"""Tables of alliances, agreements, parties, duties, cycle steps and events of the time line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from lianyi.accounts.access import scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.roles import Permission
from lianyi.partnerships.commands.parties import confirm_own_parties
from lianyi.partnerships.duty_conditions import DutyCondition, WrittenEntries, duty_conditions, split_entries
from lianyi.partnerships.import_columns import COLUMNS, TITLES
from lianyi.partnerships.models import (
    ANY_SITE,
    Agreement,
    AgreementParty,
    Alliance,
    AllianceMembership,
    CycleStep,
    Duty,
    TimelineFact,
)
from lianyi.partnerships.relations import settle_relations
from lianyi.partnerships.rulebook import rule_book
from lianyi.partnerships.table_shapes import (
    Reference,
    Shape,
    agreements_for,
    exporter,
    institutions_known,
    kind_of,
    places_known,
    plain,
    rows_by,
    specialty_problems,
)
from lianyi.registry.imports.kinds import RowAction, RowPlan, register_table_kind
from lianyi.registry.imports.planning import (
    Decided,
    Problems,
    Values,
)
from lianyi.registry.imports.refusals import column_named, refusal, register_refusals
from lianyi.registry.imports.refused_checks import said
from lianyi.registry.imports.specialties import specialty_of
from lianyi.tabular.rows import ParsedRow

PERMISSION = "agreement.write"
CONDITIONS = ("specialties", "title_rank", ANY_SITE)

REFUSALS = {
    "unknown-rule-set": (
        "“{given}” is not a rule set in force on {day}. Known: {known}.",
        "“{given}”不是 {day} 有效的规则，可用的有：{known}。",
    ),
    "unknown-approval": (
        "“{given}” is not a side that can approve. Give some of: {accepted}, separated by ;.",
        "“{given}”不是可审批的一方，请填写其中若干项并用分号分隔：{accepted}。",
    ),
    "duty-outside-term": (
        "the duty must lie within the agreement's term {first} to {last}.",
        "该职责的起止日期必须在协议期限 {first} 至 {last} 之内。",
    ),
    "new-by-form": (
        "“{given}” is new. New agreements and alliances are drafted on their page, with their parties.",
        "“{given}”尚不存在，新的协议和联盟请在页面上连同各方一起起草。",
    ),
    "promise-in-force": (
        "the promise “{given}” is in force; change it on its page, with a reason.",
        "职责“{given}”已生效，请在其页面上说明理由后修改。",
    ),
    "agreement-in-force": (
        "the agreement “{given}” is in force; change it on its page, with a reason.",
        "协议“{given}”已生效，请在其页面上说明理由后修改。",
    ),
    "condition-elsewhere": (
        "“{given}” is a condition of duties that count {accepted} only; leave it empty.",
        "“{given}”只用于计数依据为 {accepted} 的职责，此处请留空。",
    ),
    "unknown-condition": (
        "“{given}” is none of: {accepted}. Give some of them, separated by ;.",
        "“{given}”不在可填内容之中：{accepted}，多项用分号分隔。",
    ),
    "no-promise": ("a duty promises more than nothing.", "职责的数量必须大于零。"),
    "reported-fact": (
        "“{given}” stands as a published report tells it and is not changed.",
        "“{given}”为公开报道的事实，不可更改。",
    ),
}


def _alliances_known(actor: Actor, codes: Collection[str]) -> dict[str, int]:
    rows = scoped_for(actor, Alliance.objects.filter(code__in=list(codes)), Permission.parse(PERMISSION))
    return dict(rows.values_list("code", "pk"))


def _only_known_or_service(actor: Actor, decided: Decided) -> Problems:
    if decided.kept is None and not actor.is_service:
        return (refusal("new-by-form", given=decided.plan.values["code"]),)
    return ()


def _check_agreement(actor: Actor, decided: Decided) -> Problems:
    problems = _only_known_or_service(actor, decided)
    if problems or decided.kept is None or decided.plan.action is not RowAction.UPDATE or actor.is_service:
        return problems
    if Agreement.objects.filter(pk=decided.kept["pk"], state=Agreement.State.IN_FORCE).exists():
        return (refusal("agreement-in-force", given=decided.plan.values["code"]),)
    return ()


def _refine_agreement(row: ParsedRow, values: Values) -> Problems:
    problems = []
    columns = COLUMNS["agreements"]
    if values["ends_on"] < values["starts_on"]:
        problems.append(refusal("dates-out-of-order", first=values["starts_on"], last=values["ends_on"]))
    rule_set = values.get("rule_set")
    known = [each.id for each in rule_book().rule_sets if each.is_valid_on(values["starts_on"])]
    if rule_set and rule_set not in known:
        column = column_named(columns, "rule_set")
        given = {"given": rule_set, "day": values["starts_on"], "known": ", ".join(known)}
        problems.append(refusal("unknown-rule-set", column, **given))
    if "approvals" in row.values:
        sides = [side for side in str(row.values["approvals"] or "").replace("；", ";").split(";") if side.strip()]
        values["approvals"] = [side.strip() for side in sides]
        unknown = sorted(set(values["approvals"]) - set(Agreement.Approval.values))
        if unknown:
            accepted = ", ".join(Agreement.Approval.values)
            column = column_named(columns, "approvals")
            problems.append(refusal("unknown-approval", column, given=unknown[0], accepted=accepted))
    return tuple(problems)


def _export_agreements(actor: Actor) -> Iterable[Mapping[str, Any]]:
    for row in scoped(actor, Agreement.objects.select_related("alliance", "renews")).order_by("code"):
        names = ("code", "title_zh", "title_en", "kind", "starts_on", "ends_on", "term_is_stated", "signed_on")
        more = ("rule_set", "summary_zh", "summary_en", "provenance")
        yield {
            **{name: getattr(row, name) for name in (*names, *more)},
            "alliance_code": row.alliance.code if row.alliance else None,
            "renews_code": row.renews.code if row.renews else None,
            "approvals": ";".join(row.approvals) or None,
        }


def _refine_duty(row: ParsedRow, values: Values) -> Problems:
    conditions = _conditions_kept(row)
    if row.values.get("specialties"):
        codes = _listed(row.values["specialties"])
        known = {code: specialty_of(code) for code in codes}
        for code, found in known.items():
            if found is None:
                return (refusal("unknown-specialty", column_named(COLUMNS["duties"], "specialties"), given=code),)
        conditions["specialties"] = list(known.values())
    if row.values.get("title_rank"):
        conditions["title_rank"] = row.values["title_rank"]
    if row.values.get(ANY_SITE):
        conditions[ANY_SITE] = True
    for condition in duty_conditions().values():
        problems = _read_condition(condition, row, conditions)
        if problems:
            return problems
    if any(name in row.values for name in _condition_columns()):
        values["parameters"] = conditions
    return () if values["quantity"] > 0 else (refusal("no-promise", column_named(COLUMNS["duties"], "quantity")),)


def _condition_columns() -> tuple[str, ...]:
    return (*CONDITIONS, *duty_conditions())


def _conditions_kept(row: ParsedRow) -> dict[str, Any]:
    """Return the conditions that the table has no column for: a table does not take away what it does not speak of."""
    kept = Duty.objects.filter(agreement__code=row.values.get("agreement_code"), code=row.values.get("code")).first()
    told = {name for name in _condition_columns() if name in row.values}
    return {} if kept is None else {name: value for name, value in kept.parameters.items() if name not in told}


def _listed(given: object) -> list[str]:
    return [code.strip() for code in str(given).replace("；", ";").split(";") if code.strip()]


def _read_condition(condition: DutyCondition, row: ParsedRow, conditions: dict[str, Any]) -> Problems:
    """Read a condition that another application looks at; it stands only on duties that count its evidence."""
    given = row.values.get(condition.name)
    if not given:
        return ()
    column = column_named(COLUMNS["duties"], condition.name)
    if row.values["evidence_kind"] not in condition.evidence_kinds:
        accepted = ", ".join(sorted(condition.evidence_kinds))
        return (refusal("condition-elsewhere", column, given=given, accepted=accepted),)
    if condition.entries is not None:
        return _read_entries(condition.name, condition.entries, str(given), conditions)
    if not condition.choices:
        conditions[condition.name] = int(str(given))
        return ()
    codes = _listed(given)
    unknown = next((code for code in codes if code not in dict(condition.choices)), None)
    if unknown is not None:
        accepted = "; ".join(code for code, _word in condition.choices)
        return (refusal("unknown-condition", column, given=unknown, accepted=accepted),)
    conditions[condition.name] = codes
    return ()


def _read_entries(name: str, entries: WrittenEntries, given: str, conditions: dict[str, Any]) -> Problems:
    def read() -> None:
        conditions[name] = [entries.read(each) for each in split_entries(given)]

    return said(read)


def _check_duty(actor: Actor, decided: Decided) -> Problems:
    values = decided.plan.values
    agreement = Agreement.objects.get(pk=values["agreement_id"])
    first, last = values.get("starts_on") or agreement.starts_on, values.get("due_on") or agreement.ends_on
    if not agreement.starts_on <= first <= last <= agreement.ends_on:
        return (refusal("duty-outside-term", first=agreement.starts_on, last=agreement.ends_on),)
    is_change = decided.kept is not None and decided.plan.action is RowAction.UPDATE
    if is_change and agreement.state != Agreement.State.DRAFT and not actor.is_service:
        return (refusal("promise-in-force", given=values["code"]),)
    return ()


def _export_duties(actor: Actor) -> Iterable[Mapping[str, Any]]:
    names = ("code", "title_zh", "title_en", "evidence_kind", "quantity", "unit", "period", "owner_side")
    more = ("starts_on", "due_on", "source", "provenance")
    for row in scoped(actor, Duty.objects.select_related("agreement")).order_by("agreement__code", "code"):
        yield {
            "agreement_code": row.agreement.code,
            **{name: getattr(row, name) for name in (*names, *more)},
            "specialties": ";".join(row.parameters.get("specialties", [])) or None,
            "title_rank": row.parameters.get("title_rank"),
            ANY_SITE: row.parameters.get(ANY_SITE),
            **{each.name: _told(each, row.parameters.get(each.name)) for each in duty_conditions().values()},
        }


def _told(condition: DutyCondition, value: Any) -> Any:  # noqa: ANN401 - a list of codes, a number, or nothing
    return ";".join(value) if condition.is_list and value else value


def _check_fact(actor: Actor, decided: Decided) -> Problems:
    kept = decided.kept
    is_reported = kept is not None and kept.get("provenance") == "reported"
    if is_reported and decided.plan.action is RowAction.UPDATE and not actor.is_service:
        return (refusal("reported-fact", given=decided.plan.values["code"]),)
    return ()


def _settle_parties(context: CommandContext, plans: Sequence[RowPlan]) -> None:
    written = (RowAction.CREATE, RowAction.UPDATE)
    concerned = {plan.values["agreement_id"] for plan in plans if plan.action in written}
    for agreement in Agreement.objects.filter(pk__in=concerned).order_by("pk"):
        confirm_own_parties(context, agreement)
        settle_relations(context, agreement)


def _refine_fact(row: ParsedRow, values: Values) -> Problems:
    code = row.values.get("duty_code")
    if code is None:
        if "duty_code" in row.values:
            values["duty_id"] = None
        return ()
    duty = Duty.objects.filter(agreement_id=values["agreement_id"], code=code).values_list("pk", flat=True).first()
    if duty is None:
        return (refusal("not-in-reach", column_named(COLUMNS["timeline_facts"], "duty_code"), given=code),)
    values["duty_id"] = duty
    return ()


_AGREEMENT = Reference("agreement_code", "agreement_id", agreements_for(PERMISSION))
_PARTY = Reference("institution_code", "institution_id", institutions_known)


def shapes() -> tuple[Shape, ...]:
    """Return the kinds of table of this application, in the order in which they are loaded."""
    return (
        Shape(
            "alliances",
            COLUMNS["alliances"],
            Alliance,
            ("code",),
            ("code",),
            plain("code", "name_zh", "name_en", "kind", "specialty", "founded_on", "dissolved_on", "provenance"),
            (
                Reference("lead_code", "lead_id", institutions_known),
                Reference("place_code", "place_id", places_known),
            ),
            rows_by("code", Alliance),
            exporter(
                lambda: Alliance.objects.order_by("code"),
                {
                    **plain("code", "name_zh", "name_en", "kind"),
                    "lead_code": "lead__code",
                    "place_code": "place__code",
                    **plain("specialty", "founded_on", "dissolved_on", "provenance"),
                },
            ),
            refine=lambda row, values: specialty_problems(row, values, COLUMNS["alliances"]),
            check=_only_known_or_service,
        ),
        Shape(
            "alliance_memberships",
            COLUMNS["alliance_memberships"],
            AllianceMembership,
            ("alliance_id", "institution_id", "valid_from"),
            ("alliance_code", "institution_code", "valid_from"),
            plain("valid_from", "valid_to", "tightness", "provenance"),
            (Reference("alliance_code", "alliance_id", _alliances_known), _PARTY),
            rows_by("alliance_id", AllianceMembership),
            exporter(
                lambda: AllianceMembership.objects.order_by("alliance__code", "institution__code", "valid_from"),
                {
                    "alliance_code": "alliance__code",
                    "institution_code": "institution__code",
                    **plain("valid_from", "valid_to", "tightness", "provenance"),
                },
            ),
        ),
        _agreements(),
        *_parts_of_agreements(),
        *_history_of_agreements(),
    )


def _agreements() -> Shape:
    return Shape(
        "agreements",
        COLUMNS["agreements"],
        Agreement,
        ("code",),
        ("code",),
        plain(
            *("code", "title_zh", "title_en", "kind", "starts_on", "ends_on", "term_is_stated", "signed_on"),
            *("rule_set", "summary_zh", "summary_en", "provenance"),
        ),
        (Reference("alliance_code", "alliance_id", _alliances_known),),
        rows_by("code", Agreement),
        _export_agreements,
        refine=_refine_agreement,
        check=_check_agreement,
        within=Reference("renews_code", "renews_id", agreements_for(PERMISSION)),
    )


def _parts_of_agreements() -> tuple[Shape, ...]:
    return (
        Shape(
            "agreement_parties",
            COLUMNS["agreement_parties"],
            AgreementParty,
            ("agreement_id", "institution_id"),
            ("agreement_code", "institution_code"),
            plain("side", "valid_from", "valid_to", "provenance"),
            (_AGREEMENT, _PARTY),
            rows_by("agreement_id", AgreementParty),
            exporter(
                lambda: AgreementParty.objects.order_by("agreement__code", "institution__code"),
                {
                    "agreement_code": "agreement__code",
                    "institution_code": "institution__code",
                    **plain("side", "valid_from", "valid_to", "provenance"),
                },
            ),
            after=_settle_parties,
        ),
        Shape(
            "duties",
            COLUMNS["duties"],
            Duty,
            ("agreement_id", "code"),
            ("agreement_code", "code"),
            plain(
                *("code", "title_zh", "title_en", "evidence_kind", "quantity", "unit", "period", "owner_side"),
                *("starts_on", "due_on", "source", "provenance"),
            ),
            (_AGREEMENT,),
            rows_by("agreement_id", Duty),
            _export_duties,
            refine=_refine_duty,
            check=_check_duty,
        ),
    )


def _history_of_agreements() -> tuple[Shape, ...]:
    return (
        Shape(
            "cycle_steps",
            COLUMNS["cycle_steps"],
            CycleStep,
            ("agreement_id", "cycle", "step"),
            ("agreement_code", "cycle", "step"),
            plain("cycle", "step", "started_on", "finished_on", "note", "provenance"),
            (_AGREEMENT,),
            rows_by("agreement_id", CycleStep),
            exporter(
                lambda: CycleStep.objects.order_by("agreement__code", "cycle", "step"),
                {
                    "agreement_code": "agreement__code",
                    **plain("cycle", "step", "started_on", "finished_on", "note", "provenance"),
                },
            ),
        ),
        Shape(
            "timeline_facts",
            COLUMNS["timeline_facts"],
            TimelineFact,
            ("agreement_id", "code"),
            ("agreement_code", "code"),
            plain(
                *("code", "kind", "happened_on", "precision", "statement_zh", "statement_en", "quantity", "unit"),
                *("source", "provenance"),
            ),
            (_AGREEMENT,),
            rows_by("agreement_id", TimelineFact),
            exporter(
                lambda: TimelineFact.objects.order_by("agreement__code", "code"),
                {
                    "agreement_code": "agreement__code",
                    **plain("code", "kind", "happened_on", "precision", "statement_zh", "statement_en"),
                    **plain("quantity", "unit"),
                    "duty_code": "duty__code",
                    **plain("source", "provenance"),
                },
            ),
            refine=_refine_fact,
            check=_check_fact,
        ),
    )


def register() -> None:
    """Register every kind of table of this application."""
    register_refusals(REFUSALS)
    for shape in shapes():
        register_table_kind(kind_of(shape, PERMISSION, TITLES[shape.name]))
