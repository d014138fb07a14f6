// Signing out on a machine that keeps cases for work without network: they are deleted first.
// A plain script, because every page of the site has it; it does nothing where the machine keeps nothing.
(function () {
  "use strict";

  const MARK = "lianyi-offline";

  function open() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(MARK);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  }

  const done = (asked) => new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

  async function leave(form) {
    const database = await open();
    if (database.objectStoreNames.contains("queue")) {
      const unsent = await done(database.transaction("queue").objectStore("queue").count());
      if (unsent && !window.confirm(form.dataset.offlineQuestion)) {
        database.close();
        return;
      }
      await done(database.transaction("cases", "readwrite").objectStore("cases").clear());
    }
    database.close();
    new BroadcastChannel(MARK).postMessage("left");
    form.submit();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-offline-question]") || !localStorage.getItem(MARK)) return;
    event.preventDefault();
    leave(form).catch(() => form.submit());
  });
})();
