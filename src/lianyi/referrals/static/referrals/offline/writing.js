// The form of a new referral: the same questions as the page with the network, taken from the policy kept here.

import { area, field, fill, input, select } from "./fields.js";
import { EMERGENCY, WrittenForm, entries, heading, patientFields, problemFields, wordOf } from "./form.js";
import { momentOf, say, words } from "./page.js";

export class ReferralForm extends WrittenForm {
  /** The parts of the form that a choice changes, found again by these names. */
  get changing() {
    return new Set(["direction", "urgency", "condition", "receiver"]);
  }

  fixed() {
    return [
      ...patientFields(),
      heading("ask"),
      field(wordOf("direction"), select("direction", entries(words.directions))),
      field(wordOf("urgency"), select("urgency", entries(words.urgencies), say("choose")), { isRequired: true }),
      this.conditionPlace,
      ...problemFields(this.lists),
      field(wordOf("reason"), select("reason", entries(words.reasons)), { isRequired: true }),
      field(wordOf("question"), area("question")),
      this.receiverPlace,
      field(wordOf("override_code"), select("override_code", entries(words.overrides), "—")),
      field(wordOf("first_contact_at"), input("first_contact_at", "datetime-local")),
      field(wordOf("has_consent"), input("has_consent", "checkbox")),
      heading("packet"),
    ];
  }

  receivers() {
    return this.lists.receivers[this.values().direction] ?? [];
  }

  asks() {
    return this.values();
  }

  /** Draw anew what depends on the field that was changed, or everything; what was typed stays. */
  redraw(name, typedBefore = this.values()) {
    if (!name || name === "direction") this.drawReceivers(wordOf("receiver"));
    fill(this.form, typedBefore);
    if (!name || name === "urgency" || name === "direction") this.drawConditions();
    fill(this.form, typedBefore);
    this.drawPacket();
    fill(this.form, typedBefore);
  }

  content(values, receiver) {
    const isAgreed = Boolean(values.has_consent);
    return {
      ...this.shared(values, receiver),
      direction: values.direction,
      urgency: values.urgency,
      reason: values.reason,
      basis: isAgreed || values.urgency !== EMERGENCY ? "consent" : EMERGENCY,
      override_code: values.override_code,
      first_contact_at: momentOf(values.first_contact_at),
    };
  }
}
