/** Calls of tools that others have: shown with their arguments, and made when somebody has said yes. */

import { $, make } from "./dom.js";
import { t } from "./words.js";

export class Approvals {
  constructor() {
    this._always = new Map(); // by conversation: what needs no more asking in it
    this._cards = new Map(); // to those who wait, by their nodes
    this._answered = new Map(); // calls that were answered here and have not returned, by name
    this._place = null;
    this._conversation = null;
  }

  /** From here on ask below this node, about this conversation. */
  begin(place, conversation) {
    this.end();
    this._place = place;
    this._conversation = conversation;
    this._answered.clear();
  }

  /** Whether the call may be made. */
  ask(call) {
    const always = this._always.get(this._conversation) ?? new Set();
    this._always.set(this._conversation, always);
    if (always.has(named(call))) return Promise.resolve(true);
    return new Promise((resolve) => {
      const answer = (yes, ever) => {
        if (ever) always.add(named(call));
        this._answered.set(call.name, (this._answered.get(call.name) ?? 0) + 1);
        this._remove(node, yes);
      };
      const node = card(call, answer);
      this._cards.set(node, { name: call.name, resolve });
      this._place.append(node);
      const show = () => node.scrollIntoView({ block: "nearest" });
      requestAnimationFrame(() => requestAnimationFrame(show)); // what is above it is drawn first
      if (!$("#prompt").value) node.focus(); // whoever is typing goes on typing
    });
  }

  /** A call has returned: after a reload this may be one that was answered before it. */
  returned(name) {
    const answered = this._answered.get(name) ?? 0;
    if (answered) return this._answered.set(name, answered - 1);
    for (const [node, waiting] of this._cards) if (waiting.name === name) return this._remove(node, false);
  }

  /** Nobody wants an answer any more. */
  end() {
    for (const node of [...this._cards.keys()]) this._remove(node, false);
  }

  _remove(node, yes) {
    const { resolve } = this._cards.get(node);
    this._cards.delete(node);
    if (node.contains(document.activeElement)) $("#prompt").focus();
    node.remove();
    resolve(yes);
  }
}

const named = ({ name, source }) => `${source}/${name}`;

/** `answer(yes, ever)` is called once. */
function card(call, answer) {
  const title = make("strong", {}, t("mayCall", { name: call.name, source: call.source }));
  const button = (key, kind, ...said) => make("button", { type: "button", class: kind, onclick: () => answer(...said) }, t(key));
  const choices = make(
    "div",
    { class: "actions" },
    button("refuse", "", false, false),
    button("allowAlways", "", true, true),
    button("allow", "primary", true, false),
  );
  const keys = { y: [true, false], a: [true, true], n: [false, false], Escape: [false, false] };
  const onkeydown = (event) => {
    const said = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!said) return;
    event.preventDefault();
    event.stopPropagation();
    answer(...said);
  };
  const shown = make("pre", {}, JSON.stringify(call.arguments, null, 2));
  const hint = make("p", { class: "quiet" }, t("approvalKeys"));
  return make("div", { class: "approval", role: "group", tabindex: "-1", "aria-label": title.textContent, onkeydown }, title, shown, hint, choices);
}
