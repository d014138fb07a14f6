// What the page's parts share: its words, and small ways to build elements.

const data = (id) => JSON.parse(document.getElementById(id).textContent);

export const words = data("words");
export const addresses = data("addresses");
export const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

/**
 * Return a text of the page with its values put in.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 */
export const say = (key, values = {}) =>
  words.texts[key].replace(/%\((\w+)\)s/g, (_whole, name) => String(values[name]));

/** @param {{zh: string, en: string} | null | undefined} names */
export const named = (names) => (names ? names[language] || names.zh || names.en : "");

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] what is true or false becomes a property; the rest an attribute
 * @param {...(Node | string | null | undefined)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (typeof value === "boolean") made[name] = value;
    else if (value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((each) => each !== null && each !== undefined && each !== ""));
  return made;
}

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * @param {string} word
 * @param {string} [tone]
 */
export const tag = (word, tone = "neutral") => element("span", { class: `tag tag-${tone}` }, word);

const two = (number) => String(number).padStart(2, "0");

/** @param {Date} moment */
const day = (moment) => `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;

/** @param {string | number | Date | null} moment */
export function shown(moment) {
  if (!moment) return "";
  const at = new Date(moment);
  return `${day(at)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The present moment as a field of date and time takes it. */
export const nowInField = () => shown(new Date()).replace(" ", "T");
export const todayInField = () => day(new Date());

/** @param {string} value of a field of date and time; it is this device's time */
export const momentOf = (value) => (value ? new Date(value).toISOString() : "");

/**
 * @param {string} key
 * @param {"info" | "success" | "warning" | "error"} [tone]
 * @param {Record<string, unknown>} [values]
 * @param {{href: string, word: string}} [link]
 */
export function notice(key, tone = "info", values = {}, link = undefined) {
  const place = byId("notice");
  place.className = `notice notice-${tone}`;
  place.replaceChildren(element("p", {}, key in words.texts ? say(key, values) : key,
    link ? " " : "", link ? element("a", { href: link.href }, link.word) : ""));
  place.hidden = false;
}

export const quiet = () => { byId("notice").hidden = true; };
