/** The list of conversations: open, search, rename, delete, export. */

import { $, ask, make, openMenu } from "./dom.js";
import { deleteConversation, getConversation, listConversations, putConversation } from "./api.js";
import { onLanguage, t } from "./words.js";

export class Conversations {
  /** `onOpen(id)` opens one, `onGone(id)` tells of one that was deleted. */
  constructor({ onOpen, onGone, onRenamed }) {
    this._on = { open: onOpen, gone: onGone, renamed: onRenamed };
    this._current = null;
    this._entries = [];
    $("#search").addEventListener("input", () => {
      clearTimeout(this._typing);
      this._typing = setTimeout(() => this.refresh(), 150);
    });
    onLanguage(() => this._show());
  }

  async refresh(current = this._current) {
    this._current = current;
    this._entries = await listConversations($("#search").value.trim());
    this._show();
  }

  _show() {
    $("#conversations").replaceChildren(...this._entries.map((entry) => this._item(entry)));
  }

  _item({ id, title }) {
    const name = title || t("untitled");
    const current = id === this._current;
    const open = make("button", { class: "open", type: "button", onclick: () => this._on.open(id), "aria-current": current && "true" }, name);
    const more = make("button", { class: "more icon", type: "button", "aria-label": t("more", { name }), "aria-haspopup": "menu", "aria-expanded": "false" }, "⋯");
    more.addEventListener("click", () => openMenu(more, this._actions(id, title)));
    return make("li", { class: current && "current" }, open, more);
  }

  _actions(id, title) {
    return [
      [t("rename"), () => this._rename(id, title)],
      [t("exportMarkdown"), () => exportAs(id, "md", asMarkdown)],
      [t("exportJson"), () => exportAs(id, "json", (value) => JSON.stringify(value, null, 2))],
      [t("delete"), () => this._delete(id)],
    ];
  }

  async _rename(id, old) {
    const title = await ask({ title: t("renameTitle"), yes: t("rename"), text: old });
    if (!title) return;
    const { id: _, updated, ...value } = await getConversation(id);
    await putConversation(id, { ...value, title });
    this._on.renamed(id, title);
    await this.refresh();
  }

  async _delete(id) {
    if (!(await ask({ title: t("deleteTitle"), yes: t("delete") }))) return;
    await deleteConversation(id);
    this._on.gone(id);
    await this.refresh();
  }
}

async function exportAs(id, ending, convert) {
  const value = await getConversation(id);
  const url = URL.createObjectURL(new Blob([convert(value)], { type: "text/plain" }));
  const name = (value.title || t("untitled")).replace(/[^\p{L}\p{N} _-]/gu, "").slice(0, 60).trim() || "chat";
  make("a", { href: url, download: `${name}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function asMarkdown({ title, system, messages }) {
  const head = `# ${title || t("untitled")}\n\n${system ? `> ${system.replaceAll("\n", "\n> ")}\n\n` : ""}`;
  return head + messages.map(({ role, content }) => `**${t(role === "user" ? "you" : "assistant")}**\n\n${content}\n`).join("\n");
}
