/** The system prompt and how answers are sampled, kept with each conversation. */

import { $, make } from "./dom.js";
import { LIMITS } from "./limits.js";
import { onLanguage, t } from "./words.js";

const FIELDS = ["temperature", "maxTokens", "topP", "topK", "seed"];

const inputs = new Map();
for (const name of FIELDS) {
  const input = make("input", { id: `option-${name}`, type: "number", ...LIMITS[name] });
  const label = make("label", { for: input.id });
  inputs.set(name, { input, label });
  $("#option-fields").append(make("div", {}, label, input));
}
translateFields();
onLanguage(translateFields);

function translateFields() {
  for (const [name, { input, label }] of inputs) {
    label.textContent = t(name);
    input.placeholder = t("standard");
  }
}

/** Let `conversation`'s options be edited; `onChange()` after each change. */
export function bindOptions(conversation, onChange) {
  const dialog = $("#options");
  $("#options-open").onclick = () => {
    $("#system").value = conversation().system;
    $("#use-tools").checked = Boolean(conversation().options.tools);
    for (const [name, { input }] of inputs) input.value = conversation().options[name] ?? "";
    dialog.showModal();
  };
  dialog.addEventListener("close", () => {
    const options = { tools: $("#use-tools").checked || undefined };
    for (const [name, { input }] of inputs) if (input.value !== "" && input.checkValidity()) options[name] = input.valueAsNumber;
    Object.assign(conversation(), { system: $("#system").value, options });
    onChange();
  });
}

/** The options for the protocol. */
export function promptOptions({ options: { tools, ...sampling } }) {
  return sampling;
}
