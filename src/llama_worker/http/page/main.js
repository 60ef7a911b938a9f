/** Puts the page together. */

import { $, ask } from "./dom.js";
import { getConversation, keyNeeded, putConversation, showKey } from "./api.js";
import { Chat } from "./chat.js";
import { Conversations } from "./conversations.js";
import { LlamaWorker } from "./llama-worker.js";
import { Models } from "./models.js";
import { bindOptions } from "./options.js";
import { functions } from "./tools.js";
import { makeId, ResumableTransport } from "./transport.js";
import { language, onLanguage, setLanguage, t, translate } from "./words.js";

const pending = JSON.parse(sessionStorage.getItem("pending") ?? "null");
const transport = new ResumableTransport({ onState: tellState, onStray: takeStray });
const llama = new LlamaWorker(transport);
const models = new Models(llama, { onChosen: (name) => chat.conversation && (chat.conversation.model = name), onProblem: notify });
const chat = new Chat({ llama, transport, models, save, notify });
const conversations = new Conversations({ onOpen: open, onGone: forget, onRenamed: rename });
let resumed = null;

async function start() {
  translate(document);
  chat.show(blank());
  await showKeyIfNeeded();
  await models.refresh().catch((error) => notify(error.message));
  const last = sessionStorage.getItem("conversation");
  if (last) await open(last).catch(() => sessionStorage.removeItem("conversation"));
  await conversations.refresh(last).catch(() => {});
  if (pending && transport.reloaded && pending.conversation === chat.conversation.id) {
    resumed = chat.resume(pending);
    transport.connect(pending.from);
  } else {
    sessionStorage.removeItem("pending");
    transport.connect();
  }
  $("#prompt").focus();
}

async function showKeyIfNeeded() {
  while (await keyNeeded()) {
    const key = await ask({ title: t("keyTitle"), yes: t("done"), text: "", secret: true });
    if (key) await showKey(key).catch((error) => notify(error.message));
  }
  notify("");
}

/** An answer to what the page asked before it was reloaded. */
function takeStray(message) {
  if (!resumed || message.id !== pending.id) return;
  if (message.type === "function_call") return answerCall(message);
  if (message.type === "function_approval") return answerApproval(message);
  resumed.take(message);
}

async function answerCall({ callId, name, arguments: parameters }) {
  let outcome;
  try {
    outcome = { result: functions[name].handler(parameters ?? {}) };
  } catch (error) {
    outcome = { error: error.message };
  }
  await llama.request("function_result", { callId, ...outcome }).catch(() => {});
}

async function answerApproval({ callId, name, arguments: parameters, source }) {
  const outcome = (await chat.approve({ name, arguments: parameters, source })) ? { result: true } : { refused: "the user refused this call" };
  await llama.request("function_result", { callId, ...outcome }).catch(() => {});
}

function tellState(state) {
  if (state === "lost") notify(t("lost"));
  else if ($("#notice").textContent === t("lost")) notify("");
  if (state === "forgotten" && chat.busy) chat.answer.take({ type: "error", code: "port_closed", message: t("lost") });
}

function notify(text) {
  $("#notice").textContent = text;
  $("#notice").hidden = !text;
}

async function save() {
  const { id, title, model, system, options, messages } = chat.conversation;
  await putConversation(id, { title, model, system, options, messages }).catch((error) => notify(error.message));
  sessionStorage.setItem("conversation", id);
  await conversations.refresh(id).catch(() => {});
}

async function fresh() {
  await chat.stop();
  sessionStorage.removeItem("conversation");
  chat.show(blank());
  await conversations.refresh(null).catch(() => {});
}

/** A new conversation goes on with the options of the last one. */
function blank() {
  const { system = "", options = {} } = chat.conversation ?? {};
  return { id: makeId(), title: "", model: models.chosen ?? "", system, options, messages: [] };
}

async function open(id) {
  if (chat.busy && chat.conversation.id === id) return;
  const found = await getConversation(id);
  await chat.stop();
  chat.show(found);
  models.choose(found.model);
  sessionStorage.setItem("conversation", id);
  await conversations.refresh(id).catch(() => {});
  openSide(false);
}

function forget(id) {
  if (chat.conversation.id === id) fresh();
}

function rename(id, title) {
  if (chat.conversation.id === id) chat.conversation.title = title;
}

// The composer, the side, the dialogs, the language.

const field = $("#prompt");
field.addEventListener("input", () => {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("#composer").requestSubmit();
});
$("#composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text || chat.busy) return;
  field.value = "";
  field.style.height = "auto";
  chat.send(text);
});

function openSide(open) {
  $("#side").classList.toggle("open", open);
  $("#menu").setAttribute("aria-expanded", String(open));
  $("#shade").hidden = !open;
  if (open) $("#new").focus();
}
$("#menu").onclick = () => openSide(true);
$("#shade").onclick = () => openSide(false);
$("#new").onclick = () => (fresh(), openSide(false), field.focus());
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if ($("#side").classList.contains("open")) openSide(false);
  else if (chat.busy) chat.stop();
});
for (const button of document.querySelectorAll("dialog .close")) button.onclick = () => button.closest("dialog").close();
$("#language").value = language();
$("#language").onchange = () => setLanguage($("#language").value);
onLanguage(() => chat.busy || chat.show(chat.conversation));
bindOptions(
  () => chat.conversation,
  () => chat.conversation.messages.length && save(),
  () => llama.listMcpServers(),
);
await start();
