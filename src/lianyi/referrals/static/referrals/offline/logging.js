// The form of the daily field log: numbers of one posting and one day, nobody's name.

import { area, field, fill, input, select, typed } from "./fields.js";
import { element, named, say, todayInField } from "./page.js";

const COUNT = "count:";
const PEOPLE = "people:";

export class LogForm {
  /**
   * @param {HTMLElement} place
   * @param {any} lists the postings, counts and groups of people that the site sent
   * @param {{kept: (told: object) => Promise<void>, left: () => Promise<void>, changed: (values: object | null) => Promise<void>}} doing
   */
  constructor(place, lists, doing) {
    this.lists = lists;
    this.doing = doing;
    this.editedKey = "";
    this.changes = 0;
    this.known = element("p", { class: "notice notice-info", hidden: true }, say("log_known"));
    this.problem = element("p", { class: "field-error", role: "alert", hidden: true }, say("log_problem"));
    this.form = element("form", { class: "offline-form", noValidate: true, submit: (event) => this.#submit(event) },
      element("p", { class: "notice notice-info" }, say("log_warning")), ...this.#fields(), this.known, this.problem,
      element("div", { class: "form-end" }, element("button", { class: "btn btn-primary" }, say("record"))));
    this.form.addEventListener("change", () => {
      this.changes += 1;
      this.#tellKnown();
      this.doing.changed(this.values());
    });
    place.replaceChildren(this.form);
    this.clear();
  }

  #fields() {
    const postings = this.lists.postings.map((each) => [String(each.id), named(each)]);
    const number = (name) => input(name, "number", { min: 0, max: this.lists.most, step: 1, inputmode: "numeric" });
    return [
      field(say("log_of"), select("posting", postings)),
      field(say("log_day"), input("day", "date"), { isRequired: true }),
      ...this.lists.counts.map((each) => field(named(each), number(`${COUNT}${each.name}`))),
      ...this.lists.people.map((each) => field(named(each), number(`${PEOPLE}${each.name}`))),
      field(say("log_words"), area("words", this.lists.longest)),
    ];
  }

  #posting() {
    return this.lists.postings.find((each) => String(each.id) === this.values().posting);
  }

  /** The version of this day that the device knows of; 0 when none. */
  #knownVersion() {
    return this.#posting()?.logged[this.values().day] ?? 0;
  }

  #tellKnown() {
    this.known.hidden = !this.#knownVersion();
  }

  values() {
    return typed(this.form);
  }

  restore(values, key = "") {
    this.editedKey = key;
    fill(this.form, values);
    this.#tellKnown();
  }

  clear() {
    this.form.reset();
    this.editedKey = "";
    this.problem.hidden = true;
    this.form.elements.namedItem("day").value = todayInField();
    this.#tellKnown();
  }

  /** @returns {boolean} whether the day lies within the posting and every number can be sent */
  #isWhole(values) {
    const { first, last } = this.#posting() ?? {};
    const isDay = Boolean(first) && values.day >= first && values.day <= todayInField() && (!last || values.day <= last);
    return isDay && [...this.form.elements].every((each) => !each.name || each.validity.valid);
  }

  #counts(values, prefix) {
    const found = Object.entries(values).filter(([name, value]) => name.startsWith(prefix) && value !== "");
    return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), Number(value)]));
  }

  async #submit(event) {
    event.preventDefault();
    const values = this.values();
    this.problem.hidden = this.#isWhole(values);
    if (!this.problem.hidden) return;
    const posting = this.#posting();
    const key = this.editedKey;
    const content = {
      posting: posting.id,
      day: values.day,
      follows: this.#knownVersion(),
      counts: this.#counts(values, COUNT),
      people: this.#counts(values, PEOPLE),
      words: values.words,
    };
    this.clear();
    const before = this.changes;
    try {
      await this.doing.kept({ title: `${values.day} · ${named(posting)}`, content, form: values, ...(key ? { key } : {}) });
    } catch (failure) {
      if (this.changes === before) this.restore(values, key);
      throw failure;
    }
    if (this.changes === before) await this.doing.changed(null);
    await this.doing.left();
  }
}
