// The form of a new consultation. The asking side keeps the patient, so nobody is chosen who drives or receives.

import { area, field, fill, input, select } from "./fields.js";
import { EMERGENCY, WrittenForm, entries, heading, patientFields, problemFields, wordOf } from "./form.js";
import { element, named, say, words } from "./page.js";

/** What the policy calls the direction of a consultation. */
const CONSULT = "consult";
/** It has a field of its own. */
const QUESTION_ITEM = "consult_question";

export class ConsultationForm extends WrittenForm {
  get changing() {
    return new Set(["kind", "urgency", "condition", "receiver"]);
  }

  fixed() {
    this.urgencyPlace = element("div");
    const specialties = this.lists.specialties.map((each) => [each.code, named(each)]);
    return [
      element("p", { class: "notice notice-info" }, say("liability")),
      ...patientFields(),
      heading("ask"),
      field(wordOf("kind"), select("kind", entries(words.kinds))),
      this.urgencyPlace,
      this.conditionPlace,
      this.receiverPlace,
      field(wordOf("specialty"), select("specialty", specialties, "—"), { isRequired: true }),
      ...problemFields(this.lists),
      field(wordOf("consult_question"), area("question"), { isRequired: true }),
      field(wordOf("has_consent"), input("has_consent", "checkbox")),
      heading("packet"),
    ];
  }

  /** Whoever may be referred to may be asked as well. */
  receivers() {
    const found = new Map(Object.values(this.lists.receivers).flat().map((each) => [each.id, each]));
    return [...found.values()];
  }

  asks() {
    const { kind, urgency, condition } = this.values();
    return { urgency: kind === EMERGENCY ? EMERGENCY : urgency, direction: CONSULT, condition };
  }

  items() {
    return super.items().filter((item) => item.code !== QUESTION_ITEM);
  }

  redraw(name, typedBefore = this.values()) {
    if (!name) this.drawReceivers(wordOf("experts"));
    if (!name || name === "kind") this.drawUrgency();
    fill(this.form, typedBefore);
    if (!name || name === "kind") this.drawConditions();
    fill(this.form, typedBefore);
    this.drawPacket();
    fill(this.form, typedBefore);
  }

  /** An emergency is asked as an emergency consultation, and only an emergency is. */
  drawUrgency() {
    const isEmergency = this.values().kind === EMERGENCY;
    const choices = entries(words.urgencies).filter(([value]) => value !== EMERGENCY).reverse();
    this.urgencyPlace.replaceChildren(...(isEmergency ? [] : [field(wordOf("urgency"), select("urgency", choices))]));
  }

  content(values, receiver) {
    return { ...this.shared(values, receiver), consulting: values.kind, urgency: this.asks().urgency, specialty: values.specialty };
  }
}
