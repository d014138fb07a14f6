// What the browser keeps: one small database. Everything in it about people is sealed before it comes here.

const NAME = "lianyi-offline";
const VERSION = 1;
export const STORES = /** @type {const} */ (["profile", "lists", "cases", "queue", "left"]);
// Tells other pages of the site, without opening the database, that there is one.
export const MARK = "lianyi-offline";

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase>} */
function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      for (const store of STORES) asked.result.createObjectStore(store, { keyPath: "id" });
    };
    asked.onsuccess = () => {
      // Another tab may delete everything; it must not wait for this one.
      asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/**
 * @param {string} store
 * @param {IDBTransactionMode} mode
 * @param {(rows: IDBObjectStore) => IDBRequest} ask
 */
async function run(store, mode, ask) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const asked = ask(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const get = (store, id) => run(store, "readonly", (rows) => rows.get(id));
export const all = (store) => run(store, "readonly", (rows) => rows.getAll());
export const keys = (store) => run(store, "readonly", (rows) => rows.getAllKeys());
export const count = (store) => run(store, "readonly", (rows) => rows.count());
export const put = (store, row) => run(store, "readwrite", (rows) => rows.put(row));
export const remove = (store, id) => run(store, "readwrite", (rows) => rows.delete(id));
export const clear = (store) => run(store, "readwrite", (rows) => rows.clear());
