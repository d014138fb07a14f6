// The page of work without network: starts the service worker, asks for the code, exchanges, locks, wipes.

import { MARK } from "./database.js";
import { Desk } from "./desk.js";
import * as device from "./device.js";
import { exchangeOnce } from "./exchange.js";
import { addresses, byId, notice, quiet, say, shown } from "./page.js";
import { WrongCodeError } from "./sealing.js";
import * as server from "./server.js";

const EVERY = 60_000;
// A browser often believes in a network that leads nowhere; while something waits it tries again soon, then less often.
const SOONEST_AGAIN = 2_000;
const MINUTE = 60_000;
// A clock that is off by less is no trouble.
const MOST_MINUTES_WRONG = 5;

const others = new BroadcastChannel(MARK);
const desk = new Desk({ written: async () => { others.postMessage("changed"); await desk.show(); await exchange(false); } });
let isExchanging = false;
let touchedAt = Date.now();
let isReachable = true;
let pause = SOONEST_AGAIN;

function showNetwork() {
  const isThere = navigator.onLine && isReachable;
  const word = byId("network");
  word.textContent = say(isThere ? "online" : "offline");
  word.className = `tag tag-${isThere ? "good" : "warning"}`;
}

/** @param {boolean} answered whether the site answered at all */
async function noteNetwork(answered) {
  isReachable = answered;
  showNetwork();
  if (answered) {
    pause = SOONEST_AGAIN;
  } else if (await device.unsent()) {
    setTimeout(() => exchange(false), pause);
    pause = Math.min(pause * 2, EVERY);
  }
}

/** Show the one of the three panels that fits: set up, locked, or the desk. */
async function show() {
  const known = await device.profile();
  byId("setup").hidden = Boolean(known);
  byId("locked").hidden = !known || device.isUnlocked();
  byId("desk").hidden = !device.isUnlocked();
  byId("remove").hidden = !known;
  if (device.isUnlocked()) await desk.show();
  else desk.hide();
  if (known && !device.isUnlocked()) {
    byId("locked-person").textContent = `${known.person} · ${known.name}`;
    byId("locked-unsent").textContent = say("not_left", { count: await device.unsent() });
  }
}

const signInLink = () => ({ href: addresses.login, word: say("sign_in") });

/** @param {unknown} failure */
async function tell(failure) {
  if (failure instanceof server.EndedError) {
    const isGone = await device.end();
    await show();
    notice(isGone ? "wiped" : "ended", isGone ? "info" : "error");
  } else if (failure instanceof server.SignedOutError) notice("signed_out", "warning", {}, signInLink());
  else if (failure instanceof server.OtherPersonError) notice("other_person", "warning", {}, signInLink());
  else if (failure instanceof server.NoNetworkError) notice("no_network_now", "info");
  else if (failure instanceof server.RefusedError) notice(failure.message, "error");
  else if (failure instanceof server.ServerFailedError) notice("server_failed", "warning");
  else throw failure;
}

/**
 * Let go what was written and take what may be kept.
 * @param {boolean} isAsked whether a person pressed the button, who then wants an answer in any case
 */
async function exchange(isAsked) {
  if (isExchanging || !device.canExchange()) return;
  if (!navigator.onLine) {
    if (isAsked) notice("no_network_now", "info");
    return;
  }
  isExchanging = true;
  byId("exchange").disabled = true;
  try {
    const { minutesWrong, left } = await exchangeOnce();
    await noteNetwork(true);
    if (Math.abs(minutesWrong) > MOST_MINUTES_WRONG) notice("clock_wrong", "warning", { minutes: Math.abs(minutesWrong) });
    else if (isAsked || left) notice("exchanged", "success", { time: shown(Date.now()) });
    if (!device.isUnlocked()) await device.lock();
    others.postMessage("changed");
    await show();
  } catch (failure) {
    await noteNetwork(!(failure instanceof server.NoNetworkError));
    await tell(failure);
  } finally {
    isExchanging = false;
    byId("exchange").disabled = false;
  }
}

/** Ask how this device stands; that needs no key, so that a blocked one is wiped also while it is locked. */
async function askStanding() {
  const known = await device.profile();
  if (!known || !navigator.onLine) return;
  try {
    if ((await server.session(known.handle)).standing === "ended") throw new server.EndedError();
  } catch (failure) {
    if (failure instanceof server.EndedError) await tell(failure);
  }
}

async function lock() {
  await device.lock();
  await show();
}

async function tick() {
  const days = await device.age();
  if (days) {
    await show();
    notice("aged", "warning", { days });
  }
  const known = await device.profile();
  if (known && device.isUnlocked() && Date.now() - touchedAt > known.lockMinutes * MINUTE) await lock();
}

// Forms

/** @param {HTMLFormElement} form */
function newCode(form) {
  const { code, again } = form.elements;
  const least = device.SHORTEST_CODE;
  if (code.value.length < least) throw new server.RefusedError(say("code_short", { least }));
  if (code.value !== again.value) throw new server.RefusedError(say("codes_differ"));
  return code.value;
}

/**
 * @param {string} id
 * @param {(form: HTMLFormElement) => Promise<void>} run
 */
function onSubmit(id, run) {
  byId(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    quiet();
    try {
      await run(form);
      form.reset();
      touchedAt = Date.now();
      await show();
      await exchange(false);
    } catch (failure) {
      if (failure instanceof WrongCodeError) notice("wrong_code", "error");
      else if (failure instanceof server.SignedOutError) notice("must_sign_in_first", "warning", {}, signInLink());
      else await tell(failure);
    }
  });
}

function listen() {
  onSubmit("setup-form", async (form) => {
    const code = newCode(form);
    await device.setUp(await server.register(form.elements.name.value), code);
  });
  onSubmit("unlock-form", (form) => device.unlock(form.elements.code.value));
  onSubmit("forgotten-form", async (form) => {
    const code = newCode(form);
    const known = await device.profile();
    await device.setUp(await server.keyAgain(known.handle), code);
  });
  byId("exchange").addEventListener("click", () => exchange(true));
  byId("lock").addEventListener("click", lock);
  byId("remove").addEventListener("click", async () => {
    const count = await device.unsent();
    if (!window.confirm(count ? say("wipe_unsent_question", { count }) : say("wipe_question"))) return;
    await device.wipe();
    others.postMessage("changed");
    await show();
    notice("wiped", "info");
  });
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { touchedAt = Date.now(); });
  for (const name of ["online", "offline"]) window.addEventListener(name, showNetwork);
  window.addEventListener("online", async () => { await askStanding(); await exchange(false); });
  others.addEventListener("message", async (event) => {
    if (event.data === "left" || !(await device.profile())) await device.lock();
    await show();
  });
  setInterval(async () => { await tick(); await exchange(false); }, EVERY);
  document.addEventListener("visibilitychange", tick);
}

async function start() {
  showNetwork();
  if (!window.isSecureContext || !window.indexedDB || !window.crypto?.subtle || !navigator.serviceWorker) {
    notice("no_https", "error");
  } else {
    await navigator.serviceWorker.register(addresses.worker, { scope: "/" });
    await navigator.storage?.persist?.();
    listen();
    await tick();
    await show();
    await askStanding();
  }
  document.documentElement.dataset.ready = "yes";
}

start();
