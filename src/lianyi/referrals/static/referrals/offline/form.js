// What the forms that are written without network share: fields that change with others, what is missing, keeping.

import { applies, field, fill, input, packetField, select, typed } from "./fields.js";
import { element, momentOf, named, say, words } from "./page.js";

export const EMERGENCY = "emergency";
export const entries = (labels) => Object.entries(labels);
export const heading = (key) => element("h3", {}, words.headings[key]);
export const wordOf = (name) => words.fields[name];

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** @returns {boolean} whether the last character of a resident identity card fits the others (GB 11643) */
function isResidentNumber(typed) {
  const number = typed.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  if (!/^\d{17}[\dX]$/.test(number)) return false;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return "10X98765432"[sum % 11] === number[17];
}

export const patientFields = () => [
  heading("patient"),
  field(wordOf("name"), input("name", "text", { maxlength: 100 }), { isRequired: true }),
  field(wordOf("sex"), select("sex", entries(words.sexes))),
  field(wordOf("born_on"), input("born_on", "date")),
  field(wordOf("phone"), input("phone", "tel", { maxlength: 40 })),
  field(wordOf("id_kind"), select("id_kind", entries(words.papers).reverse())),
  field(wordOf("id_number"), input("id_number", "text", { maxlength: 40 })),
];

/** @param {any} lists */
export const problemFields = (lists) => [
  field(wordOf("problem_code"), select("problem_code", lists.problems.map((each) => [each.code, named(each)]), say("other_problem"))),
  field(wordOf("problem_text"), input("problem_text", "text", { maxlength: 200 })),
];

/** What a subclass says: `fixed`, `receivers`, `asks`, `redraw`, `content`, and the names in `changing`. */
export class WrittenForm {
  /**
   * @param {HTMLElement} place
   * @param {any} lists what the site sent for the form
   * @param {{kept: (told: object) => Promise<void>, left: () => Promise<void>, changed: (values: object | null) => Promise<void>}} doing
   */
  constructor(place, lists, doing) {
    this.lists = lists;
    this.doing = doing;
    this.editedKey = "";
    this.changes = 0;
    this.receiverPlace = element("div");
    this.conditionPlace = element("div");
    this.packetPlace = element("div", { class: "offline-packet" });
    this.missing = element("p", { class: "field-error", role: "alert", hidden: true });
    this.form = element("form", { class: "offline-form", noValidate: true, submit: (event) => this.#submit(event) },
      ...this.fixed(), this.packetPlace, this.missing,
      element("div", { class: "form-end" }, element("button", { class: "btn btn-primary" }, say("record"))));
    this.form.addEventListener("change", (event) => {
      this.changes += 1;
      if (this.changing.has(event.target.name)) this.redraw(event.target.name);
      this.doing.changed(this.values());
    });
    place.replaceChildren(this.form);
    this.redraw("");
  }

  values() {
    return typed(this.form);
  }

  /** The policy under which the chosen receiver is asked. */
  policy() {
    return this.lists.policies[this.receiver()?.policy ?? this.lists.general_policy];
  }

  receiver() {
    const { receiver } = this.values();
    return this.receivers().find((each) => String(each.id) === receiver);
  }

  drawReceivers(label) {
    const found = this.receivers();
    const group = (key, rows) => (rows.length
      ? element("optgroup", { label: say(key) }, ...rows.map((each) => element("option", { value: each.id }, named(each))))
      : null);
    const chosen = element("select", { name: "receiver", class: "form-select" }, element("option", { value: "" }, "—"),
      group("partners", found.filter((each) => each.agreement)), group("others", found.filter((each) => !each.agreement)));
    this.receiverPlace.replaceChildren(field(label, chosen, { isRequired: true }));
  }

  drawConditions() {
    if (this.asks().urgency !== EMERGENCY) {
      this.conditionPlace.replaceChildren();
      return;
    }
    const conditions = this.policy().conditions.map((each) => [each.code, named(each)]);
    const chosen = select("condition", conditions, say("no_condition"));
    this.conditionPlace.replaceChildren(field(wordOf("condition"), chosen));
  }

  items() {
    const { urgency, direction, condition } = this.asks();
    return this.policy().items.filter((item) => applies(item, urgency, direction, condition ?? ""));
  }

  drawPacket() {
    const { urgency } = this.asks();
    this.packetPlace.replaceChildren(...this.items().map((item) => packetField(item, item.required_for.includes(urgency))));
  }

  /** Put back what was typed before, for example from an entry that was refused. */
  restore(values, key = "") {
    this.editedKey = key;
    fill(this.form, values);
    this.redraw("", values);
  }

  clear() {
    this.form.reset();
    this.editedKey = "";
    this.restore(this.values());
    this.missing.hidden = true;
  }

  /** @returns {string[]} the labels of what must be given and is not */
  #lacking() {
    return [...this.form.elements].filter((each) => each.name && !each.validity.valid)
      .map((each) => this.form.querySelector(`label[for="${each.id}"]`).firstChild.textContent);
  }

  async #submit(event) {
    event.preventDefault();
    const lacking = this.#lacking();
    const values = this.values();
    if (!values.problem_code && !values.problem_text.trim()) lacking.push(wordOf("problem_text"));
    if (values.id_kind === "resident" && values.id_number.trim() && !isResidentNumber(values.id_number)) {
      lacking.push(wordOf("id_number"));
    }
    this.missing.hidden = !lacking.length;
    if (lacking.length) {
      this.missing.textContent = say("missing", { items: lacking.join(" · ") });
      this.form.querySelector(":invalid")?.focus();
      return;
    }
    const key = this.editedKey;
    const told = {
      title: `${values.name.trim()} → ${named(this.receiver())}`,
      content: this.content(values, this.receiver()),
      form: values,
      ...(key ? { key } : {}),
    };
    await this.#keep(told, values, key);
  }

  /** Keep what was written; who types the next patient meanwhile loses nothing. */
  async #keep(told, values, key) {
    this.clear();
    const before = this.changes;
    try {
      await this.doing.kept(told);
    } catch (failure) {
      if (this.changes === before) this.restore(values, key);
      throw failure;
    }
    if (this.changes === before) await this.doing.changed(null);
    await this.doing.left();
  }

  /** What both kinds send: the problem, the patient, and the answers to the items of the form. */
  shared(values, receiver) {
    const packet = {};
    for (const item of this.items()) {
      const value = values[`item:${item.code}`];
      if (value === "" || value === undefined) continue;
      packet[item.code] = item.kind === "number" ? Number(value) : item.kind === "time" ? momentOf(value) : value;
    }
    return {
      condition: values.condition ?? "",
      problem_code: values.problem_code || "other",
      problem_text: values.problem_text,
      question: values.question,
      receiver: receiver.id,
      agreement: receiver.agreement,
      has_consent: Boolean(values.has_consent),
      values: packet,
      patient: {
        name: values.name,
        sex: values.sex,
        born_on: values.born_on,
        id_kind: values.id_kind,
        id_number: values.id_number,
        phone: values.phone,
      },
    };
  }
}
