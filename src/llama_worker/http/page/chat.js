/** The conversation on the screen: asking, stopping, editing, asking again. */

import { $, make } from "./dom.js";
import { Answer, showAnswer } from "./answer.js";
import { Approvals } from "./approvals.js";
import { promptOptions } from "./options.js";
import { functions } from "./tools.js";
import { t } from "./words.js";

export class Chat {
  /** `models.ready()` gives the model; `save()` keeps the conversation; `notify(text)` says what went wrong. */
  constructor({ llama, transport, models, save, notify }) {
    Object.assign(this, { llama, transport, models, save, notify });
    this.conversation = null;
    this.answer = null;
    this.approvals = new Approvals();
    this._log = $("#log");
    this._follow = true;
    this._log.addEventListener("scroll", () => (this._follow = this._log.scrollHeight - this._log.scrollTop - this._log.clientHeight < 40));
    for (const type of ["progress", "completion_chunk", "operation_event"]) llama.on(type, (message) => this._live(message));
    $("#stop").onclick = () => this.stop();
    $("#pause").onclick = () => this._togglePause();
    $("#answer-now").onclick = () => this.llama.answerNow(this.answer.operationId).catch((error) => this.notify(error.message));
  }

  get busy() {
    return this.answer !== null && !this.answer.ended;
  }

  /** Show a conversation. */
  show(conversation) {
    this.conversation = conversation;
    this._log.replaceChildren(...conversation.messages.map((message, index) => this._messageNode(message, index)));
    if (!conversation.messages.length) this._log.append(welcome());
    this._follow = true;
    this._scroll();
    this._status("");
  }

  async send(text) {
    this.conversation.title ||= text.replace(/\s+/g, " ").slice(0, 60);
    this.conversation.messages.push({ role: "user", content: text });
    await this._ask();
  }

  /** Ask again for what follows message `index`. */
  async regenerate(index) {
    this.conversation.messages.splice(index);
    await this._ask();
  }

  async stop() {
    if (!this.busy) return;
    if (this.answer.operation) await this.answer.operation.abort().catch(() => {});
    else await this.llama.abort(this.answer.operationId).catch(() => {});
  }

  /** Go on with an answer that the page was showing before its reload. */
  resume(pending) {
    this.conversation.messages.splice(pending.index);
    this.show(this.conversation);
    this._begin(pending);
    return this.answer;
  }

  async _ask() {
    this.show(this.conversation);
    this.notify("");
    let model;
    this._buttons(true);
    this._status(t("loading"));
    try {
      model = await this.models.ready();
    } catch (error) {
      this._buttons(false);
      return this.notify(t("failed", { reason: error.message }));
    }
    this.conversation.model = model;
    await this.save();
    const pending = { conversation: this.conversation.id, index: this.conversation.messages.length, from: this.transport.position };
    const messages = this._messages();
    this._begin(pending);
    const options = { ...promptOptions(this.conversation), approve: (call) => this.approve(call) };
    const operation = this.llama.chat(messages, this.conversation.options.tools ? { ...options, functions } : options, { model });
    this.answer.operation = operation;
    sessionStorage.setItem("pending", JSON.stringify({ ...pending, id: this.transport.lastingId(operation.id) }));
    operation.then(
      (end) => this.answer.take(end),
      (error) => this.answer.take({ type: "error", code: error.code, message: error.message }),
    );
  }

  /** Whether a tool of an MCP server may be called. */
  async approve(call) {
    this._status(t("asksTool", { name: call.name }));
    const yes = await this.approvals.ask(call);
    this._status("");
    return yes;
  }

  _messages() {
    const { system, messages } = this.conversation;
    const said = messages.map(({ role, content }) => ({ role, content }));
    return system ? [{ role: "system", content: system }, ...said] : said;
  }

  _begin({ index }) {
    const message = { role: "assistant", content: "" };
    this.conversation.messages.push(message);
    const node = this._messageNode(message, index);
    this._log.append(node);
    this._scroll();
    const onStatus = (text) => (this._status(text), this._pauseButton(), this._scroll());
    const onReturned = (name) => this.approvals.returned(name);
    this.approvals.begin(node.view.asks, this.conversation.id);
    this.answer = new Answer(message, node.view, { onStatus, onReturned, onEnd: (error) => this._ended(error, node, index) });
    this._status(t("waiting"));
    this._buttons(true);
    $("#prompt").focus();
  }

  _live(message) {
    if (this.answer?.operation?.id === message.id) this.answer.take(message);
  }

  async _ended(error, node, index) {
    sessionStorage.removeItem("pending");
    this.approvals.end();
    this._buttons(false);
    const { messages } = this.conversation;
    if (error && !messages[index].content) {
      messages.splice(index);
      node.remove();
    }
    if (error) {
      this._status("");
      this.notify(t(error.code === "engine_died" ? "crashed" : "failed", { reason: error.message }));
    }
    this._scroll();
    if (messages[index]) node.replaceWith(this._messageNode(messages[index], index));
    await this.save();
  }

  _messageNode(message, index) {
    const own = message.role === "user";
    const view = { extras: make("div"), asks: make("div"), text: make("div", { class: own ? "body" : "text" }) };
    const who = make("span", { class: "who" }, t(own ? "you" : "assistant"));
    const tools = make("div", { class: "tools" });
    const node = make("article", { class: `message ${message.role}` }, who, view.extras, view.text, view.asks, tools);
    node.view = view;
    if (own) view.text.textContent = message.content;
    else showAnswer(view, message);
    const tool = (key, action) => tools.append(make("button", { class: "small", type: "button", onclick: action }, t(key)));
    if (message.content) tool("copy", (event) => copy(message.content, event.target));
    if (own) tool("edit", () => this.busy || this._edit(message, index, node));
    else if (message.content) tool("regenerate", () => this.busy || this.regenerate(index));
    return node;
  }

  _edit(message, index, node) {
    const field = make("textarea", { rows: Math.min(10, message.content.split("\n").length + 1), "aria-label": t("edit") });
    field.value = message.content;
    const yes = make("button", { class: "primary", type: "submit" }, t("save"));
    const no = make("button", { type: "button", onclick: () => this.show(this.conversation) }, t("cancel"));
    const form = make("form", { class: "edit" }, field, make("div", { class: "actions" }, no, yes));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!field.value.trim()) return;
      this.conversation.messages.splice(index);
      this.send(field.value);
    });
    node.replaceChildren(form);
    field.focus();
  }

  async _togglePause() {
    const { paused, operationId } = this.answer;
    await (paused ? this.llama.resume(operationId) : this.llama.pause(operationId)).catch((error) => this.notify(error.message));
  }

  _pauseButton() {
    $("#pause").textContent = t(this.answer?.paused ? "resume" : "pause");
    $("#answer-now").hidden = $("#pause").hidden || !this.answer?.thinking;
  }

  _buttons(busy) {
    $("#stop").hidden = $("#pause").hidden = !busy;
    $("#send").hidden = busy;
    this._pauseButton();
  }

  _status(text) {
    if ($("#status").textContent !== text) $("#status").textContent = text;
  }

  _scroll() {
    if (this._follow) this._log.scrollTop = this._log.scrollHeight;
  }
}

function welcome() {
  return make("div", { class: "welcome" }, make("h1", {}, t("welcome")), make("p", {}, t("welcomeText")));
}

async function copy(text, button) {
  await navigator.clipboard.writeText(text);
  button.textContent = t("copied");
  setTimeout(() => (button.textContent = t("copy")), 1500);
}
