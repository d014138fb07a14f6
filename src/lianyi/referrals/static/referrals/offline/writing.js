// The form of a new referral: the same questions as the page with the network, taken from the policy kept here.

import { applies, area, field, fill, input, packetField, select, typed } from "./fields.js";
import { element, momentOf, named, say, words } from "./page.js";

const entries = (labels) => Object.entries(labels);
const EMERGENCY = "emergency";

/** The parts of the form that a choice changes, found again by these names. */
const CHANGING = new Set(["direction", "urgency", "condition", "receiver"]);

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** @returns {boolean} whether the last character of a resident identity card fits the others (GB 11643) */
function isResidentNumber(typed) {
  const number = typed.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  if (!/^\d{17}[\dX]$/.test(number)) return false;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return "10X98765432"[sum % 11] === number[17];
}

export class ReferralForm {
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
    this.form = element("form", { class: "offline-form", novalidate: true, submit: (event) => this.#submit(event) },
      ...this.#fixed(), this.packetPlace, this.missing,
      element("div", { class: "form-end" }, element("button", { class: "btn btn-primary" }, say("record"))));
    this.form.addEventListener("change", (event) => {
      this.changes += 1;
      if (CHANGING.has(event.target.name)) this.#redraw(event.target.name);
      this.doing.changed(this.values());
    });
    place.replaceChildren(this.form);
    this.#redraw("direction");
  }

  #fixed() {
    const legend = (key) => element("h3", {}, words.headings[key]);
    const problems = this.lists.problems.map((each) => [each.code, named(each)]);
    return [
      legend("patient"),
      field(this.#word("name"), input("name", "text", { maxlength: 100 }), { isRequired: true }),
      field(this.#word("sex"), select("sex", entries(words.sexes))),
      field(this.#word("born_on"), input("born_on", "date")),
      field(this.#word("phone"), input("phone", "tel", { maxlength: 40 })),
      field(this.#word("id_kind"), select("id_kind", entries(words.papers).reverse())),
      field(this.#word("id_number"), input("id_number", "text", { maxlength: 40 })),
      legend("ask"),
      field(this.#word("direction"), select("direction", entries(words.directions))),
      field(this.#word("urgency"), select("urgency", entries(words.urgencies), say("choose")), { isRequired: true }),
      this.conditionPlace,
      field(this.#word("problem_code"), select("problem_code", problems, say("other_problem"))),
      field(this.#word("problem_text"), input("problem_text", "text", { maxlength: 200 })),
      field(this.#word("reason"), select("reason", entries(words.reasons)), { isRequired: true }),
      field(this.#word("question"), area("question")),
      this.receiverPlace,
      field(this.#word("override_code"), select("override_code", entries(words.overrides), "—")),
      field(this.#word("first_contact_at"), input("first_contact_at", "datetime-local")),
      field(this.#word("has_consent"), input("has_consent", "checkbox")),
      legend("packet"),
    ];
  }

  #word(name) {
    return words.fields[name];
  }

  values() {
    return typed(this.form);
  }

  /** The policy under which the chosen receiver is asked. */
  #policy() {
    const receiver = this.#receiver();
    return this.lists.policies[receiver?.policy ?? this.lists.general_policy];
  }

  #receiver() {
    const { direction, receiver } = this.values();
    return (this.lists.receivers[direction] ?? []).find((each) => String(each.id) === receiver);
  }

  /** Draw anew what depends on the field that was changed; what was typed stays. */
  #redraw(name) {
    const before = this.values();
    if (name === "direction") this.#drawReceivers();
    fill(this.form, before);
    if (name === "urgency" || name === "direction") this.#drawConditions();
    fill(this.form, before);
    this.#drawPacket();
    fill(this.form, before);
  }

  #drawReceivers() {
    const found = this.lists.receivers[this.values().direction] ?? [];
    const group = (key, rows) => (rows.length
      ? element("optgroup", { label: say(key) }, ...rows.map((each) => element("option", { value: each.id }, named(each))))
      : null);
    const chosen = element("select", { name: "receiver", class: "form-select" }, element("option", { value: "" }, "—"),
      group("partners", found.filter((each) => each.agreement)), group("others", found.filter((each) => !each.agreement)));
    this.receiverPlace.replaceChildren(field(this.#word("receiver"), chosen, { isRequired: true }));
  }

  #drawConditions() {
    if (this.values().urgency !== EMERGENCY) {
      this.conditionPlace.replaceChildren();
      return;
    }
    const conditions = this.#policy().conditions.map((each) => [each.code, named(each)]);
    const chosen = select("condition", conditions, say("no_condition"));
    this.conditionPlace.replaceChildren(field(this.#word("condition"), chosen));
  }

  #items() {
    const { urgency, direction, condition } = this.values();
    return this.#policy().items.filter((item) => applies(item, urgency, direction, condition ?? ""));
  }

  #drawPacket() {
    const { urgency } = this.values();
    this.packetPlace.replaceChildren(...this.#items().map((item) => packetField(item, item.required_for.includes(urgency))));
  }

  /** Put back what was typed before, for example from an entry that was refused. */
  restore(values, key = "") {
    this.editedKey = key;
    fill(this.form, values);
    this.#drawReceivers();
    fill(this.form, values);
    this.#drawConditions();
    fill(this.form, values);
    this.#drawPacket();
    fill(this.form, values);
  }

  clear() {
    this.form.reset();
    this.editedKey = "";
    this.restore({ direction: this.form.elements.direction.options[0].value });
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
    if (!values.problem_code && !values.problem_text.trim()) lacking.push(this.#word("problem_text"));
    if (values.id_kind === "resident" && values.id_number.trim() && !isResidentNumber(values.id_number)) {
      lacking.push(this.#word("id_number"));
    }
    this.missing.hidden = !lacking.length;
    if (lacking.length) {
      this.missing.textContent = say("missing", { items: lacking.join(" · ") });
      this.form.querySelector(":invalid")?.focus();
      return;
    }
    const receiver = this.#receiver();
    const key = this.editedKey;
    const told = {
      title: `${values.name.trim()} → ${named(receiver)}`,
      content: this.#content(values, receiver),
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

  #content(values, receiver) {
    const packet = {};
    for (const item of this.#items()) {
      const value = values[`item:${item.code}`];
      if (value === "" || value === undefined) continue;
      packet[item.code] = item.kind === "number" ? Number(value) : item.kind === "time" ? momentOf(value) : value;
    }
    const isAgreed = Boolean(values.has_consent);
    return {
      direction: values.direction,
      urgency: values.urgency,
      condition: values.condition ?? "",
      reason: values.reason,
      problem_code: values.problem_code || "other",
      problem_text: values.problem_text,
      question: values.question,
      receiver: receiver.id,
      agreement: receiver.agreement,
      basis: isAgreed || values.urgency !== EMERGENCY ? "consent" : EMERGENCY,
      has_consent: isAgreed,
      override_code: values.override_code,
      first_contact_at: momentOf(values.first_contact_at),
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
