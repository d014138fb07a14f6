// The service worker: keeps the page of work without network and its parts, of one release, and nothing else.
// No page with patients ever passes through a cache here; what it does not keep, the network alone answers.
"use strict";

const { cache: CACHE, page: PAGE, assets: ASSETS } = self.LIANYI;
const FAMILY = "lianyi-offline-";
const kept = new Set(ASSETS.map((address) => new URL(address, self.location.origin).href));

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([PAGE, ...ASSETS].map((address) => new Request(address, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(FAMILY) && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

/** The page itself: from the network while there is one, so that release and language are those of now. */
async function pageFirstFromNetwork(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected) await cache.put(PAGE, response.clone());
    return response;
  } catch (noNetwork) {
    return (await cache.match(PAGE)) || Promise.reject(noNetwork);
  }
}

/** Any other page of the site: the network, and without one the page on which work goes on. */
async function elsewhere(request) {
  try {
    return await fetch(request);
  } catch (noNetwork) {
    const cache = await caches.open(CACHE);
    return (await cache.match(PAGE)) ? Response.redirect(PAGE, 302) : Promise.reject(noNetwork);
  }
}

/** A part of the page: its name changes with its content, so the kept one is right whenever the name is. */
async function part(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request.url)) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(address.pathname === PAGE ? pageFirstFromNetwork(request) : elsewhere(request));
  } else if (kept.has(address.href)) {
    event.respondWith(part(request));
  }
});
