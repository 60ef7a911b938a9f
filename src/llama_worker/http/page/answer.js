/** One answer on its way: takes the protocol's messages and shows what they say. */

import { make } from "./dom.js";
import { chart } from "./charts.js";
import { showMarkdown } from "./markdown.js";
import { t } from "./words.js";

export class Answer {
  /** `message` is filled in; `view` has nodes `text`, `extras`; `onEnd(error)` is called once. */
  constructor(message, view, { onStatus, onEnd, onReturned, begun = performance.now() }) {
    this.message = message;
    this.view = view;
    this._onStatus = onStatus;
    this._onEnd = onEnd;
    this._onReturned = onReturned;
    this._begun = begun;
    this._first = null;
    this._tokens = 0;
    this._drawing = 0;
    this.operationId = undefined;
    this.paused = false;
    this.ended = false;
    view.text.classList.add("caret");
  }

  /** Whether it reasons, and nothing of what it answers is there yet. */
  get thinking() {
    return !this.ended && Boolean(this.message.reasoning) && !this.message.content;
  }

  take(message) {
    if (message.operationId) this.operationId = message.operationId;
    const known = {
      progress: () => this._onStatus(t("reading", { percent: `${Math.round(message.progress * 100)} %` })),
      completion_chunk: () => this._grow(message),
      operation_event: () => this._event(message.event),
      completion_done: () => this._done(message),
      error: () => this._end(message),
    };
    known[message.type]?.();
  }

  _grow({ chunk, reasoning = "" }) {
    if (this._first === null) {
      this._first = performance.now();
      chart("firstToken", (this._first - this._begun) / 1000);
    }
    this.message.content += chunk;
    this.message.reasoning = (this.message.reasoning ?? "") + reasoning;
    if (!this.paused) this._onStatus(t(this.thinking ? "thinking" : "writing"));
    this._measure();
    this._draw();
  }

  _measure() {
    this._tokens++;
    const seconds = (performance.now() - this._first) / 1000;
    if (seconds > 0.25 && this._tokens % 8 === 0) chart("speed", this._tokens / seconds);
  }

  _event(event) {
    if (event.type === "StateChanged") {
      this.paused = event.state === "paused";
      this._onStatus({ queued: t("waiting"), paused: t("paused"), running: t("writing") }[event.state] ?? "", this);
    } else if (event.type === "ToolCalled") {
      (this.message.calls ??= []).push({ id: event.id, name: event.name, arguments: event.arguments });
      this._draw();
    } else if (event.type === "ToolReturned") {
      const call = this.message.calls?.find(({ id }) => id === event.id);
      if (call) call.result = event.result;
      this._onReturned(event.name);
      this._draw();
    }
  }

  _done(message) {
    this.message.content = message.fullText;
    if (message.reasoning) this.message.reasoning = message.reasoning;
    this.message.tokens = message.stats.completionTokens;
    if (message.timings?.tokensPerSecond) chart("speed", message.timings.tokensPerSecond);
    const ends = { abort: t("aborted"), length: t("length") };
    this._onStatus(ends[message.finishReason] ?? t("ended", { tokens: message.stats.completionTokens }));
    this._end(null);
  }

  _end(error) {
    if (this.ended) return;
    this.ended = true;
    cancelAnimationFrame(this._drawing);
    this.view.text.classList.remove("caret");
    showAnswer(this.view, this.message);
    this._onEnd(error);
  }

  /** Once for each frame, however many pieces came. */
  _draw() {
    if (this._drawing) return;
    this._drawing = requestAnimationFrame(() => {
      this._drawing = 0;
      showAnswer(this.view, this.message);
    });
  }
}

/** Show an assistant's message: reasoning and tools folded, then the text. */
export function showAnswer({ text, extras }, message) {
  showMarkdown(text, message.content);
  const folded = [];
  if (message.reasoning) folded.push([t("reasoning"), message.reasoning]);
  for (const call of message.calls ?? []) {
    const result = call.result === undefined ? "" : `\n→ ${plain(call.result)}`;
    folded.push([t("toolCall", { name: call.name }), plain(call.arguments) + result]);
  }
  folded.forEach(([title, body], index) => {
    const node = extras.children[index] ?? extras.appendChild(make("details", {}, make("summary"), make("pre")));
    node.firstChild.textContent = title;
    node.lastChild.textContent = body;
  });
}

function plain(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}
