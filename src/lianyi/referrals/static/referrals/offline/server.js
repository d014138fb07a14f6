// The four things that the page asks of the site. Nothing else of it is asked from here.

import { addresses } from "./page.js";

export class NoNetworkError extends Error {}
export class SignedOutError extends Error {}
export class EndedError extends Error {}
export class OtherPersonError extends Error {}
export class ServerFailedError extends Error {}

/** A refusal in the person's language. */
export class RefusedError extends Error {}

const STANDING = { signed_out: SignedOutError, ended: EndedError, other_person: OtherPersonError };

/**
 * @param {string} address
 * @param {RequestInit} options
 */
async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, { credentials: "same-origin", redirect: "error", cache: "no-store", ...options });
  } catch {
    throw new NoNetworkError();
  }
  const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
  if (!isJson) throw new ServerFailedError();
  const answer = await response.json();
  if (response.ok) return answer;
  const Failure = STANDING[answer.standing];
  throw Failure ? new Failure() : new RefusedError(answer.message);
}

/**
 * Ask who is signed in and how this device stands.
 * @param {string} handle
 * @returns {Promise<{standing: string, signed_in: boolean, person?: string, token?: string, at: string}>}
 */
export const session = (handle) => ask(addresses.session, { headers: handle ? { "X-Offline-Device": handle } : {} });

/**
 * Send something as the person who is signed in.
 * @param {string} address
 * @param {string} handle
 * @param {object} body
 */
async function send(address, handle, body) {
  const standing = await session(handle);
  if (standing.standing === "ended") throw new EndedError();
  if (!standing.signed_in) throw new SignedOutError();
  if (standing.standing === "other_person") throw new OtherPersonError();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": standing.token };
  return ask(address, { method: "POST", headers, body: JSON.stringify(body) });
}

const newKey = () => crypto.randomUUID();

/** @param {string} name of the device */
export const register = (name) => send(addresses.register, "", { command_key: newKey(), name });

/** @param {string} handle */
export const keyAgain = (handle) => send(addresses.key, handle, { command_key: newKey(), device: handle });

/**
 * @param {string} handle
 * @param {object} body
 */
export const exchange = (handle, body) => send(addresses.sync, handle, { device: handle, ...body });
