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

/** Let `conversation`'s options be edited; `onChange()` after each change. `listServers()` gives the MCP servers. */
export function bindOptions(conversation, onChange, listServers) {
  const dialog = $("#options");
  $("#options-open").onclick = () => {
    listServers().then((servers) => showServers(servers, conversation().options.mcp), () => {});
    $("#system").value = conversation().system;
    $("#use-tools").checked = Boolean(conversation().options.tools);
    for (const [name, { input }] of inputs) input.value = conversation().options[name] ?? "";
    dialog.showModal();
  };
  dialog.addEventListener("close", () => {
    const options = { tools: $("#use-tools").checked || undefined, mcp: chosenServers(conversation().options.mcp) };
    for (const [name, { input }] of inputs) if (input.value !== "" && input.checkValidity()) options[name] = input.valueAsNumber;
    Object.assign(conversation(), { system: $("#system").value, options });
    onChange();
  });
}

/** The options for the protocol; where nothing was chosen, all MCP servers of the worker may be used. */
export function promptOptions({ options: { tools, mcp = true, ...sampling } }) {
  return { ...sampling, mcp };
}

function showServers(servers, chosen) {
  const fieldset = $("#mcp-servers");
  fieldset.hidden = !servers.length;
  fieldset.replaceChildren(fieldset.firstElementChild, ...servers.map((server) => serverNode(server, chosen?.includes(server.name) ?? true)));
}

function serverNode({ name, tools, problem }, checked) {
  const about = problem ?? tools.map((tool) => tool.name).join(", ");
  const input = make("input", { type: "checkbox", value: name });
  input.checked = checked;
  return make("label", { class: "check" }, input, make("span", {}, make("strong", {}, name), " ", make("span", { class: problem ? "bad" : "quiet" }, about)));
}

/** Those that are checked; undefined when all are. Before they are known, as it was. */
function chosenServers(before) {
  const inputs = [...$("#mcp-servers").querySelectorAll("input")];
  const chosen = inputs.filter((input) => input.checked).map((input) => input.value);
  return inputs.length ? (chosen.length === inputs.length ? undefined : chosen) : before;
}
