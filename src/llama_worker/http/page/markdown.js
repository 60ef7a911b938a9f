/** Markdown as nodes. What a model writes is never markup: every piece of it ends in a text node. */

import { make } from "./dom.js";
import { highlight } from "./highlight.js";
import { t } from "./words.js";

/** Show `text` in `root`; while it grows only the last block is made again. */
export function showMarkdown(root, text) {
  const blocks = splitBlocks(text);
  blocks.forEach((source, index) => {
    const old = root.children[index];
    if (old?.source === source) return;
    const node = makeBlock(source);
    node.source = source;
    if (old) old.replaceWith(node);
    else root.append(node);
  });
  while (root.children.length > blocks.length) root.lastChild.remove();
}

/** Blocks end at empty lines, except inside of fences. */
export function splitBlocks(text) {
  const blocks = [];
  let lines = [];
  let fence = null;
  const close = () => lines.length && blocks.push(lines.join("\n")) && (lines = []);
  for (const line of text.split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence) {
      lines.push(line);
      if (mark?.startsWith(fence) && line.trim() === mark) (fence = null), close();
    } else if (mark) {
      close();
      fence = mark;
      lines.push(line);
    } else if (!line.trim()) {
      close();
    } else {
      if (/^#{1,6} /.test(line) || (lines.length && kindOf(lines[0]) !== kindOf(line) && kindOf(line) !== "text")) close();
      lines.push(line);
      if (/^#{1,6} /.test(line)) close();
    }
  }
  close();
  return blocks;
}

function kindOf(line) {
  if (/^\s*([-*+]|\d{1,9}[.)]) /.test(line)) return "list";
  if (/^ {0,3}>/.test(line)) return "quote";
  if (/^\s*\|.*\|\s*$/.test(line)) return "table";
  return "text";
}

function makeBlock(source) {
  const lines = source.split("\n");
  const heading = /^(#{1,6}) +(.*?)#*$/.exec(lines[0]);
  if (/^ {0,3}(`{3,}|~{3,})/.test(lines[0])) return makeCode(lines);
  if (heading) return make(`h${Math.min(heading[1].length + 2, 6)}`, {}, ...inline(heading[2]));
  if (/^ {0,3}([-*_])( *\1){2,} *$/.test(source)) return make("hr");
  const kind = kindOf(lines[0]);
  if (kind === "list") return makeList(lines);
  if (kind === "quote") return makeQuote(lines);
  if (kind === "table" && lines.length > 1) return makeTable(lines);
  return make("p", {}, ...withBreaks(lines));
}

function makeCode(lines) {
  const language = lines[0].replace(/^ *[`~]+/, "").trim().split(/\s/)[0];
  const ended = lines.length > 1 && /^ {0,3}(`{3,}|~{3,}) *$/.test(lines.at(-1));
  const text = lines.slice(1, ended ? -1 : undefined).join("\n");
  const copy = make("button", { class: "small", type: "button" }, t("copy"));
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = t("copied");
    setTimeout(() => (copy.textContent = t("copy")), 1500);
  });
  const code = make("pre", { tabindex: "0" }, make("code", {}, ...highlight(text, language)));
  return make("figure", {}, make("figcaption", {}, make("span", { class: "quiet" }, language), copy), code);
}

function makeList(lines) {
  const ordered = /^\s*\d/.test(lines[0]);
  const start = ordered ? Number(/\d+/.exec(lines[0])[0]) : undefined;
  const indent = /^\s*/.exec(lines[0])[0].length;
  const items = [];
  for (const line of lines) {
    const match = /^(\s*)([-*+]|\d{1,9}[.)]) +(.*)$/.exec(line);
    if (match && match[1].length <= indent + 1) items.push([match[3]]);
    else items.at(-1).push(line);
  }
  const nodes = items.map(([first, ...rest]) => {
    const nested = rest.length && kindOf(rest[0]) === "list" ? [...inline(first), makeList(rest)] : withBreaks([first, ...rest]);
    return make("li", {}, ...nested);
  });
  return make(ordered ? "ol" : "ul", start > 1 ? { start } : {}, ...nodes);
}

function makeQuote(lines) {
  const quote = make("blockquote");
  showMarkdown(quote, lines.map((line) => line.replace(/^ {0,3}> ?/, "")).join("\n"));
  return quote;
}

function makeTable(lines) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const isRule = (line) => cells(line).every((cell) => /^:?-+:?$/.test(cell));
  const row = (line, name) => make("tr", {}, ...cells(line).map((cell) => make(name, {}, ...inline(cell))));
  const body = lines.slice(1).filter((line) => !isRule(line));
  return make("table", {}, make("thead", {}, row(lines[0], "th")), make("tbody", {}, ...body.map((line) => row(line, "td"))));
}

function withBreaks(lines) {
  return lines.flatMap((line, index) => (index ? [make("br"), ...inline(line.trim())] : inline(line)));
}

const INLINE = /(`+)(.+?)\1(?!`)|\*\*(.+?)\*\*|__(.+?)__|\*([^*\s][^*]*)\*|~~(.+?)~~|\[([^\]]+)\]\(((?:[^\s()]|\([^\s()]*\))+)\)|\\([\\`*_{}[\]()#+.!|~>-])|(https?:\/\/[^\s<>)"']+)/;

/** Text with emphasis, code and links. */
export function inline(text) {
  const match = INLINE.exec(text);
  if (!match) return text ? [text] : [];
  return [text.slice(0, match.index) || null, makeInline(match), ...inline(text.slice(match.index + match[0].length))].filter((node) => node !== null);
}

function makeInline([whole, , code, strong, strong2, emphasis, struck, label, target, escaped, bare]) {
  if (code !== undefined) return make("code", {}, code);
  if (strong ?? strong2) return make("strong", {}, ...inline(strong ?? strong2));
  if (emphasis) return make("em", {}, ...inline(emphasis));
  if (struck) return make("s", {}, ...inline(struck));
  if (escaped) return escaped;
  if (bare) return makeLink(bare, [bare]);
  return /^(https?:|mailto:)/i.test(target) ? makeLink(target, inline(label)) : whole;
}

function makeLink(target, children) {
  return make("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
