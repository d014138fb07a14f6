// The person's own open cases, and what may be written down about each while there is no network.

import { area, field, input, select, typed } from "./fields.js";
import { element, momentOf, named, nowInField, say, shown, tag, todayInField, words } from "./page.js";

/** @typedef {(kind: string, told: {leg: number, title: string, at?: string, content: object}) => Promise<void>} Keep */

const TONES = { emergency: "bad", urgent: "warning", routine: "neutral" };

/**
 * A thing to write down, folded up until it is wanted.
 * @param {string} word
 * @param {HTMLElement[]} fields
 * @param {(values: Record<string, any>) => Promise<void>} kept
 */
function folded(word, fields, kept) {
  const submit = async (event) => {
    event.preventDefault();
    if (!form.reportValidity()) return;
    await kept(typed(form));
  };
  const form = element("form", { class: "offline-small-form", submit }, ...fields,
    element("button", { class: "btn btn-sm btn-primary" }, say("record")));
  return element("details", {}, element("summary", {}, word), form);
}

const when = () => field(say("when"), input("when", "datetime-local", { value: nowInField() }), { isRequired: true });

/** @param {any} item @param {string} step @param {Keep} keep */
function fact(item, step, keep) {
  const isSpoken = step === "arrive" && !item.sides.includes("receiver");
  const fields = [when()];
  if (isSpoken) fields.push(field(say("spoken_by"), input("spoken_by", "text", { maxlength: 120 }), { isRequired: true }));
  fields.push(field(say("words"), area("text")));
  return folded(words.steps[step], fields, (given) => {
    const at = momentOf(given.when);
    const died = step === "record_death" ? { died_at: at } : {};
    const content = { step, text: given.text, spoken_by: given.spoken_by ?? "", ...died };
    return keep("fact", { leg: item.id, title: `${words.steps[step]} · ${title(item)}`, at, content });
  });
}

/** @param {any} item @param {string} step @param {Keep} keep */
function decision(item, step, keep) {
  const reasons = select("reason_code", Object.entries(words.declines), "—");
  const fields = step === "accept"
    ? [
        field(say("contact"), input("contact", "text", { maxlength: 120 }), { isRequired: true }),
        field(say("expected_at"), input("expected_at", "datetime-local")),
        field(say("room"), input("capacity_confirmed", "checkbox")),
      ]
    : [
        field(say("reason"), reasons, { isRequired: true }),
        field(say("words"), area("text"), { isRequired: true }),
        field(say("to_coordinator"), input("hand_to_coordinator", "checkbox")),
      ];
  return folded(words.steps[step], fields, (given) => {
    const more = step === "accept" ? { expected_at: momentOf(given.expected_at) } : {};
    const content = { ...given, ...more, step };
    return keep("decision", { leg: item.id, title: `${words.steps[step]} · ${title(item)}`, content });
  });
}

/** @param {any} item @param {Keep} keep */
function milestones(item, keep) {
  const open = item.milestones.filter((each) => !each.at);
  if (!open.length) return null;
  const fields = [field(say("milestone"), select("code", open.map((each) => [each.code, named(each)]))), when()];
  return folded(say("milestone"), fields, (given) => {
    const word = named(open.find((each) => each.code === given.code));
    const told = { leg: item.id, title: `${word} · ${title(item)}`, at: momentOf(given.when), content: { code: given.code } };
    return keep("milestone", told);
  });
}

/** @param {any} item @param {any} visit @param {Keep} keep */
function followUp(item, visit, keep) {
  const fields = [
    field(say("done_on"), input("done_on", "date", { value: todayInField(), max: todayInField() }), { isRequired: true }),
    field(say("what_came"), select("state", Object.entries(words.visit_states))),
    field(say("found"), area("note"), { isRequired: true }),
  ];
  const word = `${words.visits[visit.kind]} · ${say("due")} ${visit.due_on}`;
  return folded(word, fields, (given) =>
    keep("follow_up", { leg: item.id, title: `${word} · ${title(item)}`, content: { ...given, follow_up: visit.id } }));
}

/** @param {any} item @param {Keep} keep */
function message(item, keep) {
  const fields = [field(say("message"), area("text", 2000), { isRequired: true })];
  return folded(say("message"), fields, (given) =>
    keep("message", { leg: item.id, title: `${say("message")} · ${title(item)}`, content: { text: given.text } }));
}

/** What a person calls a case: the patient where the grant opens it, else the number. */
export const title = (item) => (item.patient ? `${item.patient.name} · ${item.number}` : item.number);

function who(item) {
  if (!item.patient) {
    const known = [item.age_band, words.sexes[item.sex], item.county].filter(Boolean).join(" · ");
    return element("p", { class: "muted" }, known, known ? " — " : "", say("no_identity"));
  }
  const { patient } = item;
  const parts = [words.sexes[patient.sex], patient.born_on, patient.phone, patient.address, patient.problem];
  return element("p", {}, parts.filter(Boolean).join(" · "));
}

/**
 * @param {HTMLElement} place
 * @param {any[]} items
 * @param {Keep} keep
 */
export function showCases(place, items, keep) {
  if (!items.length) {
    place.replaceChildren(element("p", { class: "muted" }, say("no_cases")));
    return;
  }
  place.replaceChildren(...items.map((item) => element("article", { class: "card-box offline-case", "data-case": item.id },
    element("h3", {}, title(item), " ", tag(words.states[item.state] ?? item.state, "info"), " ",
      tag(words.urgencies[item.urgency], TONES[item.urgency]), item.condition ? " " : "",
      item.condition ? tag(named(item.condition), "bad") : ""),
    element("p", { class: "muted" }, `${named(item.sender)} → ${named(item.receiver)}`,
      item.due_at ? ` · ${say("due")} ${shown(item.due_at)}` : ""),
    who(item),
    ...item.facts.map((step) => fact(item, step, keep)),
    ...item.decisions.map((step) => decision(item, step, keep)),
    milestones(item, keep),
    ...item.follow_ups.map((visit) => followUp(item, visit, keep)),
    item.sides.length ? message(item, keep) : null)));
}
