// What has not left yet, and what has left but needs a look.

import { addresses, element, say, shown, tag } from "./page.js";

/** @typedef {{change: (entry: any) => void, remove: (id: string) => Promise<void>, seen: (id: string) => Promise<void>}} Doing */

const button = (word, click, tone = "outline-primary") =>
  element("button", { type: "button", class: `btn btn-sm btn-${tone}`, click }, word);

const KINDS = { referral: "referral", consultation: "consultation", field_log: "field_log", follow_up: "follow_up", message: "message", milestone: "milestone" };

/** What begins something of its own; the other kinds speak of a case that is named beside them. */
const WRITTEN = new Set(["referral", "consultation", "field_log"]);

/** What is said of what has left and needs a look, where it is not a draft. */
const LEFT = { field_log: "left_log" };

function standing(entry) {
  if (entry.outcome === "refused") return tag(say("refused"), "bad");
  return tag(say(entry.outcome === "waiting" ? "waits_for_referral" : "waits"), "warning");
}

/** @param {{id: string, value: any}} row @param {Doing} doing */
function line(row, doing) {
  const entry = row.value;
  if (entry === null) {
    return element("li", { "data-entry": row.id }, say("unreadable"), " ",
      button(say("delete"), () => doing.remove(row.id), "outline-danger"));
  }
  const kind = WRITTEN.has(entry.kind) ? `${say(KINDS[entry.kind])} · ` : "";
  return element("li", { "data-entry": row.id }, element("strong", {}, `${kind}${entry.title}`),
    " ", standing(entry), element("span", { class: "muted" }, ` ${shown(entry.at)}`),
    entry.reason ? element("p", { class: "field-error" }, entry.reason) : null,
    element("div", { class: "page-actions" },
      entry.form ? button(say("change"), () => doing.change(entry)) : null,
      button(say("delete"), () => doing.remove(row.id), "outline-danger")));
}

/** @param {string} name of an address @param {number | null | undefined} id @param {string} word */
function linkTo(name, id, word) {
  const about = { class: "btn btn-sm btn-outline-primary", href: addresses[name].replace("/0/", `/${id}/`) };
  return id ? element("a", about, say(word)) : null;
}

/** @param {{id: string, value: any}} row @param {Doing} doing */
function leftLine(row, doing) {
  const told = row.value;
  if (told === null) return null;
  const word = say(told.outcome === "conflict" ? "left_conflict" : LEFT[told.kind] ?? "left_draft");
  const link = linkTo("case", told.leg, "open_case") ?? linkTo("consultation", told.consultation, "open_consultation");
  return element("li", { "data-left": row.id }, element("strong", {}, told.title), " ", tag(word, "warning"),
    told.reason ? element("p", {}, told.reason) : null,
    element("div", { class: "page-actions" }, link, button(say("seen"), () => doing.seen(row.id))));
}

/**
 * @param {HTMLElement} place
 * @param {{id: string, value: any}[]} rows
 * @param {{id: string, value: any}[]} left
 * @param {Doing} doing
 */
export function showQueue(place, rows, left, doing) {
  const lines = [...rows.map((row) => line(row, doing)), ...left.map((row) => leftLine(row, doing))].filter(Boolean);
  place.replaceChildren(lines.length
    ? element("ul", { class: "plain-list" }, ...lines)
    : element("p", { class: "muted" }, say("nothing_waits")));
}
