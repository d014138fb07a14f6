// Fields as the other pages of the site draw them: a label, a control, and whether it may stay empty.

import { element, named, say } from "./page.js";

let number = 0;

/**
 * @param {string} label
 * @param {HTMLElement} control
 * @param {{isRequired?: boolean, help?: string}} [about]
 */
export function field(label, control, about = {}) {
  number += 1;
  control.id ||= `field-${number}`;
  control.required = Boolean(about.isRequired);
  const isCheck = control.getAttribute("type") === "checkbox";
  const hasAlways = control.tagName === "SELECT" && control.options[0]?.value !== "";
  const optional = about.isRequired || isCheck || hasAlways ? null : element("span", { class: "optional" }, ` ${say("optional")}`);
  const word = element("label", { class: isCheck ? "form-check-label" : "form-label", for: control.id }, label, optional);
  const help = about.help ? element("div", { class: "form-text", id: `${control.id}-help` }, about.help) : null;
  if (help) control.setAttribute("aria-describedby", help.id);
  const parts = isCheck ? [control, " ", word] : [word, control];
  return element("div", { class: isCheck ? "field form-check" : "field" }, ...parts, help);
}

export const input = (name, type = "text", more = {}) =>
  element("input", { name, type, class: type === "checkbox" ? "form-check-input" : "form-control", autocomplete: "off", ...more });

export const area = (name, longest = 4000) =>
  element("textarea", { name, class: "form-control", rows: 3, maxlength: longest });

/**
 * @param {string} name
 * @param {[string, string][]} choices
 * @param {string} [empty] what stands for no choice; without it one is always chosen
 */
export function select(name, choices, empty = undefined) {
  const options = choices.map(([value, word]) => element("option", { value }, word));
  if (empty !== undefined) options.unshift(element("option", { value: "" }, empty));
  return element("select", { name, class: "form-select" }, ...options);
}

/** One item of the policy's form as a field. */
export function packetField(item, isRequired) {
  const name = `item:${item.code}`;
  const unit = item.unit ? ` (${named(item.unit)})` : "";
  const made = {
    text: () => input(name, "text", { maxlength: 200 }),
    long_text: () => area(name, 8000),
    number: () => input(name, "number", { step: "any", min: item.minimum, max: item.maximum }),
    choice: () => select(name, item.choices.map((each) => [each.code, named(each)]), "—"),
    date: () => input(name, "date"),
    time: () => input(name, "datetime-local"),
    yes_no: () => select(name, [["yes", say("yes")], ["no", say("no")]], "—"),
  }[item.kind]();
  return field(`${named(item)}${unit}`, made, { isRequired, help: item.help ? named(item.help) : "" });
}

/** Whether the form of such a referral asks an item; the same rule as the policy's on the server. */
export const applies = (item, urgency, direction, condition) =>
  (!item.urgencies.length || item.urgencies.includes(urgency)) &&
  (!item.directions.length || item.directions.includes(direction)) &&
  (!item.conditions.length || item.conditions.includes(condition)) &&
  !item.except_conditions.includes(condition);

/**
 * What stands in the fields, by name, as it was typed.
 * @param {HTMLFormElement} form
 * @returns {Record<string, string | boolean>}
 */
export function typed(form) {
  const found = {};
  for (const each of form.elements) {
    if (each.name) found[each.name] = each.type === "checkbox" ? each.checked : each.value;
  }
  return found;
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string | boolean>} values
 */
export function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const control = form.elements.namedItem(name);
    if (!control) continue;
    if (control.type === "checkbox") control.checked = Boolean(value);
    else control.value = String(value);
  }
}
