// The desk: what stands on the page while it is unlocked.

import { showCases } from "./cases.js";
import { ConsultationForm } from "./consulting.js";
import * as device from "./device.js";
import { queue, queued } from "./exchange.js";
import { LogForm } from "./logging.js";
import { byId, named, notice, say, shown, element } from "./page.js";
import { showQueue } from "./queue.js";
import { ReferralForm } from "./writing.js";

/** What can be written here: its form, where it stands, and under which name what is being typed is kept. */
const WRITING = {
  referral: { Form: ReferralForm, place: "write-place", section: "write", draft: "draft" },
  consultation: { Form: ConsultationForm, place: "consult-place", section: "consult", draft: "draft-consultation" },
  field_log: { Form: LogForm, place: "log-place", section: "log", draft: "draft-log" },
};

export class Desk {
  /** @param {{written: () => Promise<void>}} doing what follows when something was written down */
  constructor(doing) {
    this.doing = doing;
    /** @type {Record<string, import("./form.js").WrittenForm>} */
    this.forms = {};
    this.listsTag = "";
  }

  /** Draw everything from what is kept; what is being typed is left alone. */
  async show() {
    await this.#showStanding();
    await this.#showQueue();
    await this.#showCases();
    await this.#showForms();
  }

  /** Take everything about people off the page. */
  hide() {
    for (const name of ["queue-place", "cases-place", "write-place", "consult-place", "log-place"]) byId(name).replaceChildren();
    this.forms = {};
    this.listsTag = "";
  }

  async #showStanding() {
    const known = await device.profile();
    const count = await device.unsent();
    byId("person").textContent = known.person;
    byId("device-name").textContent = known.name;
    byId("exchanged").textContent = known.exchangedAt ? shown(known.exchangedAt) : say("never");
    const standing = byId("unsent");
    standing.textContent = say("not_left", { count });
    standing.className = `tag tag-${count ? "warning" : "good"}`;
    standing.dataset.count = String(count);
  }

  async #showQueue() {
    const left = await device.read("left");
    showQueue(byId("queue-place"), await queued(), left, {
      change: (entry) => this.#edit(entry),
      remove: async (id) => {
        if (!window.confirm(say("delete_question"))) return;
        await device.forget("queue", id);
        await this.show();
      },
      seen: async (id) => {
        await device.forget("left", id);
        await this.show();
      },
    });
  }

  async #showCases() {
    const place = byId("cases-place");
    // Somebody is writing something down beside a case: it must not vanish under the hand.
    if (place.querySelector("details[open]")) return;
    const rows = (await device.read("cases")).filter((row) => row.value !== null).map((row) => row.value);
    rows.sort((one, other) => String(one.due_at ?? "9").localeCompare(String(other.due_at ?? "9")));
    showCases(place, rows, async (kind, told) => {
      await queue(kind, told);
      place.querySelectorAll("details[open]").forEach((each) => { each.open = false; });
      notice("kept", "success");
      await this.doing.written();
    });
  }

  async #showForms() {
    const kept = await device.readOne("lists", "lists");
    const known = await device.profile();
    if (!kept || known.isEnded || kept.tag === this.listsTag) return;
    this.listsTag = kept.tag;
    const { node, may_write: mayWrite, may_consult: mayConsult } = kept.content.person;
    byId("node").textContent = named(node);
    await this.#showForm("referral", kept.content, mayWrite);
    await this.#showForm("consultation", kept.content, mayConsult);
    const log = kept.content.beside?.field_log;
    for (const id of ["log", "log-tab"]) byId(id).hidden = !log;
    if (log) await this.#showForm("field_log", log, true);
  }

  async #showForm(kind, lists, isAllowed) {
    const { Form, place, draft } = WRITING[kind];
    if (!isAllowed) {
      byId(place).replaceChildren(element("p", { class: "muted" }, say("only_reading")));
      return;
    }
    const before = this.forms[kind];
    const typedBefore = before ? { values: before.values(), key: before.editedKey } : await device.readOne("lists", draft);
    this.forms[kind] = new Form(byId(place), lists, {
      kept: (told) => queue(kind, told),
      left: () => {
        notice("kept", "success");
        byId("content").scrollIntoView();
        return this.doing.written();
      },
      changed: (values) => this.#keepDraft(kind, values),
    });
    if (typedBefore) this.forms[kind].restore(typedBefore.values, typedBefore.key);
  }

  /** Keep what is being typed, so that neither the lock nor a power cut takes it. */
  async #keepDraft(kind, values) {
    if (!device.isUnlocked()) return;
    const { draft } = WRITING[kind];
    if (values === null) await device.forget("lists", draft);
    else await device.keep("lists", draft, { values, key: this.forms[kind]?.editedKey ?? "" });
  }

  #edit(entry) {
    const form = this.forms[entry.kind];
    if (!form) return;
    form.restore(entry.form, entry.key);
    byId(WRITING[entry.kind].section).scrollIntoView();
    (form.form.elements.namedItem("name") ?? form.form.elements[0]).focus();
  }
}
