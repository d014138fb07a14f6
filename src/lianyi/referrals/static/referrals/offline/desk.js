// The desk: what stands on the page while it is unlocked.

import { showCases } from "./cases.js";
import * as device from "./device.js";
import { queue, queued } from "./exchange.js";
import { byId, named, notice, say, shown, element } from "./page.js";
import { showQueue } from "./queue.js";
import { ReferralForm } from "./writing.js";

const DRAFT = "draft";

export class Desk {
  /** @param {{written: () => Promise<void>}} doing what follows when something was written down */
  constructor(doing) {
    this.doing = doing;
    /** @type {ReferralForm | null} */
    this.form = null;
    this.listsTag = "";
  }

  /** Draw everything from what is kept; what is being typed is left alone. */
  async show() {
    await this.#showStanding();
    await this.#showQueue();
    await this.#showCases();
    await this.#showForm();
  }

  /** Take everything about people off the page. */
  hide() {
    for (const name of ["queue-place", "cases-place", "write-place"]) byId(name).replaceChildren();
    this.form = null;
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

  async #showForm() {
    const kept = await device.readOne("lists", "lists");
    const known = await device.profile();
    if (!kept || known.isEnded || kept.tag === this.listsTag) return;
    const place = byId("write-place");
    this.listsTag = kept.tag;
    byId("node").textContent = named(kept.content.person.node);
    if (!kept.content.person.may_write) {
      place.replaceChildren(element("p", { class: "muted" }, say("only_reading")));
      return;
    }
    const typedBefore = this.form ? { values: this.form.values(), key: this.form.editedKey } : await device.readOne("lists", DRAFT);
    this.form = new ReferralForm(place, kept.content, {
      kept: (told) => queue("referral", told),
      left: () => {
        notice("kept", "success");
        byId("content").scrollIntoView();
        return this.doing.written();
      },
      changed: (values) => this.#keepDraft(values),
    });
    if (typedBefore) this.form.restore(typedBefore.values, typedBefore.key);
  }

  /** Keep what is being typed, so that neither the lock nor a power cut takes it. */
  async #keepDraft(values) {
    if (!device.isUnlocked()) return;
    if (values === null) await device.forget("lists", DRAFT);
    else await device.keep("lists", DRAFT, { values, key: this.form?.editedKey ?? "" });
  }

  #edit(entry) {
    if (!this.form) return;
    this.form.restore(entry.form, entry.key);
    byId("write").scrollIntoView();
    this.form.form.elements.name.focus();
  }
}
