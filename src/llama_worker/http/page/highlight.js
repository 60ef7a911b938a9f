/** Colours for code: comments, strings, numbers and words, in the languages that models write most. */

import { make } from "./dom.js";

const C_LIKE =
  "abstract as async await boolean break case catch char class const continue default defer delete do double else enum export extends false final finally float fn for from func function go goto if impl implements import in int interface let long match mod mut namespace new nil null of override package private protected pub public return self short static struct super switch template this throw throws trait true try type typedef typeof undefined union unsigned use using var virtual void while yield";
const WORDS = {
  c: C_LIKE,
  python:
    "and as assert async await break case class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield",
  shell: "case cd do done echo elif else esac exit export fi for function if in local return set then until while",
  sql: "add all alter and as asc between by case create delete desc distinct drop else end exists foreign from group having in index insert into is join key left like limit not null on or order primary references right select set table then union unique update values view when where",
  data: "true false null yes no",
};
const ALIASES = {
  py: "python", python: "python", python3: "python", sh: "shell", bash: "shell", zsh: "shell", shell: "shell", console: "shell",
  sql: "sql", json: "data", yaml: "data", yml: "data", toml: "data", html: null, xml: null, markdown: null, md: null, text: null, "": null,
};
const HASH = "#.*";
const SLASH = String.raw`\/\/.*|\/\*[\s\S]*?(?:\*\/|$)`;
const COMMENTS = { python: HASH, shell: HASH, data: HASH, sql: String.raw`--.*|\/\*[\s\S]*?(?:\*\/|$)`, c: SLASH };
const STRING = String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|` + "`(?:\\\\.|[^`\\\\])*`?";

/** Nodes that show `text`. */
export function highlight(text, language) {
  const name = language.toLowerCase();
  const family = name in ALIASES ? ALIASES[name] : "c";
  if (!family) return [text];
  const words = new Set(WORDS[family].split(" "));
  const pattern = new RegExp(`(?<c>${COMMENTS[family]})|(?<s>${STRING})|(?<n>\\b\\d[\\w.]*)|(?<w>[A-Za-z_]\\w*)`, "g");
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const { c, s, n, w } = match.groups;
    const kind = c ? "c" : s ? "s" : n ? "n" : words.has(family === "sql" ? w.toLowerCase() : w) ? "k" : null;
    if (!kind) continue;
    nodes.push(text.slice(end, match.index), make("span", { class: kind }, match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)].filter((node) => node !== "");
}
