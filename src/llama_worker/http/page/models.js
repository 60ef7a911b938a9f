/** The model picker: what there is, loading, unloading, pulling. */

import { $, make } from "./dom.js";
import { listModels, loadModel, serverStatus } from "./api.js";
import { chart } from "./charts.js";
import { onLanguage, size, t } from "./words.js";

const POLL = 2000;

export class Models {
  /** `llama` is the protocol's client; `onChosen(name)`, `onProblem(text)`. */
  constructor(llama, { onChosen, onProblem }) {
    this._llama = llama;
    this._onChosen = onChosen;
    this._onProblem = onProblem;
    this._loads = new Map();
    this._pulls = new Map();
    this._entries = [];
    this._running = new Map();
    this.chosen = localStorage.getItem("model");
    $("#model").onclick = () => this._open();
    $("#pull").addEventListener("submit", (event) => this._pull(event));
    onLanguage(() => this._show());
    setInterval(() => document.hidden || this._poll(), POLL);
  }

  /** The chosen model, loaded now if it is not. */
  async ready() {
    if (!this._entries.length) await this.refresh();
    const entry = this._entries.find(({ id }) => id === this.chosen);
    if (!entry) throw new Error(t("noModel"));
    if (entry.status !== "loaded") await this._load(entry.id);
    return this.chosen;
  }

  async refresh() {
    this._entries = await listModels();
    if (!this._entries.some(({ id }) => id === this.chosen)) {
      this.chosen = (this._entries.find(({ status }) => status === "loaded") ?? this._entries[0])?.id ?? null;
    }
    await this._poll();
  }

  choose(name) {
    if (!this._entries.some(({ id }) => id === name)) return;
    this.chosen = name;
    localStorage.setItem("model", name);
    this._onChosen(name);
    this._show();
  }

  async _open() {
    $("#models").showModal();
    await this.refresh().catch((error) => this._onProblem(error.message));
  }

  async _poll() {
    const status = await serverStatus().catch(() => null);
    if (!status) return;
    this._running = new Map(status.models.map((model) => [model.id, model]));
    for (const entry of this._entries) {
      if (this._running.has(entry.id)) entry.status = "loaded";
      else if (entry.status === "loaded") entry.status = "available";
    }
    const memory = this._running.get(this.chosen)?.engine.memory;
    if (memory) chart("memory", memory);
    this._show();
  }

  _state(id, status) {
    if (this._loads.has(id)) return "loading";
    return status === "loaded" && this._running.get(id)?.engine.running === false ? "stopped" : status;
  }

  _show() {
    const entry = this._entries.find(({ id }) => id === this.chosen);
    const state = entry ? this._state(entry.id, entry.status) : "available";
    $("#dot").className = `dot ${state}`;
    $("#model-name").textContent = this.chosen ?? t("noModel");
    $("#model").setAttribute("aria-label", `${t("models")}: ${this.chosen ?? t("noModel")}, ${t(state)}`);
    if ($("#models").open && !$("#model-list").contains(document.activeElement)) this._showList();
    else if ($("#models").open) this._showProgress();
    else this._showList();
  }

  _showList() {
    $("#model-list").replaceChildren(...this._entries.map((entry) => this._item(entry)));
    this._showProgress();
  }

  _showProgress() {
    for (const [id, progress] of this._loads) {
      const bar = [...$("#model-list").querySelectorAll("progress")].find((node) => node.dataset.model === id);
      if (bar) bar.value = progress;
    }
  }

  _item({ id, status, size: bytes, parameters, quantization }) {
    const state = this._state(id, status);
    const facts = [t(state), bytes && size(bytes), parameters && t("weights", { count: compact(parameters) }), quantization].filter(Boolean).join(" · ");
    const act = (key, action) => make("button", { class: "small", type: "button", onclick: action, "aria-label": `${t(key)}: ${id}` }, t(key));
    const actions = {
      loaded: () => [act("use", () => this._use(id)), act("unload", () => this._unload(id))],
      stopped: () => [act("use", () => this._use(id)), act("unload", () => this._unload(id))],
      available: () => [act("load", () => this._use(id))],
      partial: () => [act("resumePull", () => this._start(id))],
      loading: () => [],
    };
    const name = make("div", { class: "spread" }, make("div", { class: "name" }, id), make("div", { class: "quiet" }, facts));
    const row = make("div", { class: "row" }, make("span", { class: `dot ${state}` }), name, ...(actions[state]?.() ?? []));
    const bar = state === "loading" ? make("progress", { max: 1, value: this._loads.get(id), "data-model": id, "aria-label": t("loading") }) : null;
    return make("li", {}, row, bar);
  }

  async _use(id) {
    this.choose(id);
    try {
      if (this._entries.find((entry) => entry.id === id)?.status !== "loaded") await this._load(id);
      $("#models").close();
    } catch (error) {
      this._onProblem(t("failed", { reason: error.message }));
    }
  }

  async _load(id) {
    this._loads.set(id, 0);
    document.activeElement?.blur?.();
    this._show();
    try {
      await this._loadOverPort(id).catch((error) => {
        if (error.code !== "model_not_found") throw error;
        return loadModel(id); // a name that only the server knows
      });
      this._entries.find((entry) => entry.id === id).status = "loaded";
    } finally {
      this._loads.delete(id);
      await this._poll();
    }
  }

  async _loadOverPort(id) {
    for await (const progress of this._llama.loadModel(id)) {
      this._loads.set(id, progress);
      this._showProgress();
    }
  }

  async _unload(id) {
    await this._llama.unloadModel(id).catch((error) => this._onProblem(t("failed", { reason: error.message })));
    document.activeElement?.blur?.();
    await this.refresh();
  }

  _pull(event) {
    event.preventDefault();
    this._start($("#pull-name").value.trim());
    $("#pull-name").value = "";
  }

  /** Download, with progress, speed and a way to stop; what came is kept for the next time. */
  async _start(name) {
    if (this._pulls.has(name)) return;
    const bar = make("progress", { max: 1, value: 0, "aria-label": name });
    const facts = make("span", { class: "quiet spread" });
    const again = make("button", { class: "small", type: "button", hidden: true, onclick: () => (item.remove(), this._start(name)) }, t("resumePull"));
    const stop = make("button", { class: "small", type: "button" }, t("cancel"));
    const item = make("li", {}, make("div", { class: "name" }, name), bar, make("div", { class: "row" }, facts, again, stop));
    $("#pulls").append(item);
    const operation = this._llama.downloadModel(name, name);
    this._pulls.set(name, operation);
    stop.onclick = () => (this._pulls.has(name) ? operation.abort() : item.remove());
    const off = this._llama.on("download_progress", (message) => message.requestId === name && showDownload(bar, facts, message));
    try {
      await operation;
      facts.textContent = t("pulled", { name });
      stop.textContent = t("close");
      await this.refresh();
    } catch (error) {
      facts.textContent = error.message;
      stop.textContent = t("close");
      again.hidden = false;
    } finally {
      off();
      this._pulls.delete(name);
    }
  }
}

function showDownload(bar, facts, { progress, downloadedBytes, totalBytes, bytesPerSecond }) {
  bar.value = progress;
  const total = totalBytes ? size(totalBytes) : "?";
  facts.textContent = t("speedOf", { done: size(downloadedBytes), total, speed: size(bytesPerSecond) });
}

const compact = (count) => new Intl.NumberFormat("en", { notation: "compact" }).format(count);
