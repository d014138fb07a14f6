// This device: set up, unlocked, locked, aged, wiped. Rows of people go in and out of the database only here, sealed.

import * as database from "./database.js";
import { seal, unseal, unwrap, wrap } from "./sealing.js";

const PROFILE = "profile";
const DAY = 86_400_000;
export const SHORTEST_CODE = 6;

/** @type {CryptoKey | null} */
let key = null;
let isOpen = false;

/** @typedef {{id: string, handle: string, name: string, person: string, wrapped: object, days: number,
 *   lockMinutes: number, exchangedAt: number | null, furthest: number, isEnded: boolean}} Profile */

/** Whether people may be shown. */
export const isUnlocked = () => isOpen;
/** Whether what was written can leave: also behind the lock, so that a locked screen holds no referral back. */
export const canExchange = () => key !== null;

/** @returns {Promise<Profile | undefined>} */
export const profile = () => database.get(PROFILE, PROFILE);

/** @param {Partial<Profile>} changes */
export async function change(changes) {
  const known = await profile();
  if (known) await database.put(PROFILE, { ...known, ...changes });
}

/**
 * Keep what the server gave for this device, with its key wrapped by the person's code.
 * @param {{device: string, name: string, person: string, key: string, days: number, lock_minutes: number}} given
 * @param {string} code
 */
export async function setUp(given, code) {
  const wrapped = await wrap(given.key, code);
  const known = await profile();
  await database.put(PROFILE, {
    exchangedAt: null, furthest: Date.now(), isEnded: false, ...known,
    id: PROFILE, handle: given.device, name: given.name, person: given.person, wrapped,
    days: given.days, lockMinutes: given.lock_minutes,
  });
  localStorage.setItem(database.MARK, "yes");
  key = await unwrap(wrapped, code);
  isOpen = true;
}

/** @param {string} code */
export async function unlock(code) {
  key = await unwrap((await profile()).wrapped, code);
  isOpen = true;
}

/** Show nobody any more. The key stays in memory only as long as something has to leave. */
export async function lock() {
  isOpen = false;
  if (!(await unsent())) key = null;
}

/**
 * @param {string} store
 * @param {string} id
 * @param {unknown} value
 */
export async function keep(store, id, value) {
  await database.put(store, await seal(key, store, id, value));
}

/**
 * Return what a store holds; a row that no longer opens is given as null.
 * @param {string} store
 * @returns {Promise<{id: string, value: any}[]>}
 */
export async function read(store) {
  const rows = await database.all(store);
  return Promise.all(rows.map(async (row) => {
    try {
      return { id: row.id, value: await unseal(key, store, row) };
    } catch {
      return { id: row.id, value: null };
    }
  }));
}

/**
 * @param {string} store
 * @param {string} id
 */
export async function readOne(store, id) {
  const row = await database.get(store, id);
  try {
    return row ? await unseal(key, store, row) : null;
  } catch {
    return null;
  }
}

export const forget = (store, id) => database.remove(store, id);
export const unsent = () => database.count("queue");
export const wipeCases = () => database.clear("cases");

/** Delete everything, also what has not left: only after the person has said so, or when nothing is left to send. */
export async function wipe() {
  isOpen = false;
  key = null;
  for (const store of database.STORES) await database.clear(store);
  localStorage.removeItem(database.MARK);
}

/**
 * Delete the cases when the device had no contact for too long. The furthest moment ever seen counts, so that turning
 * the clock back wins nothing.
 * @returns {Promise<number>} the days allowed when cases were deleted, else 0
 */
export async function age() {
  const known = await profile();
  if (!known) return 0;
  const now = Math.max(Date.now(), known.furthest || 0);
  if (now !== known.furthest) await change({ furthest: now });
  const isOld = known.exchangedAt !== null && now - known.exchangedAt > known.days * DAY;
  if (!isOld || !(await database.count("cases"))) return 0;
  await wipeCases();
  return known.days;
}

/**
 * What follows when the server says that this device has ended: the cases go at once, what has not left stays until the
 * person says what becomes of it.
 * @returns {Promise<boolean>} whether everything is gone
 */
export async function end() {
  await wipeCases();
  if (!(await unsent())) {
    await wipe();
    return true;
  }
  await change({ isEnded: true });
  return false;
}
