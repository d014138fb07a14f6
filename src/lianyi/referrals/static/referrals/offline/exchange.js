// One exchange with the site: what was written goes, what may be kept comes, what may not be kept any more is deleted.

import * as database from "./database.js";
import * as device from "./device.js";
import { exchange as send } from "./server.js";

const MOST_AT_ONCE = 50;

/** @param {string} kind */
const newEntry = (kind) => ({ key: crypto.randomUUID(), kind, at: new Date().toISOString() });

/**
 * Keep an entry until it has left.
 * @param {string} kind
 * @param {{title: string, at?: string, leg?: number, of?: string, key?: string, content: object, form?: object}} told
 */
export async function queue(kind, told) {
  const entry = { ...newEntry(kind), outcome: "", reason: "", madeAt: Date.now(), ...told };
  await device.keep("queue", entry.key, entry);
  return entry;
}

/** @returns {Promise<{id: string, value: any}[]>} in the order in which they were written */
export async function queued() {
  const rows = await device.read("queue");
  return rows.sort((one, other) => (one.value?.madeAt ?? 0) - (other.value?.madeAt ?? 0));
}

const bare = ({ key, kind, at, leg, of, content }) => ({ key, kind, at, leg: leg ?? null, of: of ?? "", content });

/**
 * Take the answer to one entry: it has left, or it stays with its reason.
 * @param {any} entry
 * @param {{outcome: string, reason: string, leg: number | null, consultation: number | null, field: string}} answer
 */
async function settle(entry, answer) {
  if (answer.outcome === "refused" || answer.outcome === "waiting") {
    // The person may have deleted it while the answer was on its way.
    if (!(await database.get("queue", entry.key))) return;
    await device.keep("queue", entry.key, { ...entry, outcome: answer.outcome, reason: answer.reason });
    return;
  }
  if (answer.outcome === "conflict" || answer.reason) {
    const { title, kind } = entry;
    const { outcome, reason, leg, consultation } = answer;
    const told = { title, kind, outcome, reason, leg, consultation };
    await device.keep("left", entry.key, told);
  }
  await device.forget("queue", entry.key);
}

/** @param {{open: number[], cases: any[]}} answer */
async function keepCases(answer) {
  const open = new Set(answer.open.map(String));
  for (const id of await database.keys("cases")) {
    if (!open.has(id)) await device.forget("cases", id);
  }
  for (const each of answer.cases) await device.keep("cases", String(each.id), each);
}

/**
 * Exchange once. The same entry sent twice is done once, so an answer that got lost does no harm.
 * @returns {Promise<{minutesWrong: number, left: number}>}
 */
export async function exchangeOnce() {
  const { handle } = await device.profile();
  const entries = (await queued()).filter((row) => row.value !== null).map((row) => row.value).slice(0, MOST_AT_ONCE);
  const cases = await device.read("cases");
  const known = Object.fromEntries(cases.filter((row) => row.value).map((row) => [row.id, row.value.tag]));
  const lists = await device.readOne("lists", "lists");
  const answer = await send(handle, { entries: entries.map(bare), known, lists: lists?.tag ?? "" });
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  let left = 0;
  for (const each of answer.answers) {
    const entry = byKey.get(each.key);
    if (!entry) continue;
    await settle(entry, each);
    left += each.outcome === "done" || each.outcome === "earlier" || each.outcome === "conflict" ? 1 : 0;
  }
  await keepCases(answer);
  if (answer.lists) await device.keep("lists", "lists", answer.lists);
  await device.change({ exchangedAt: Date.now(), days: answer.days, lockMinutes: answer.lock_minutes, isEnded: false });
  return { minutesWrong: Math.round((Date.now() - Date.parse(answer.at)) / 60_000), left };
}
