/** Making and finding nodes. Text is always text: nothing here reads markup. */

export const $ = (selector) => document.querySelector(selector);

/** `make("button", {class: "small", onclick: f, "aria-label": "x"}, "text", node...)` */
export function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

export function makeSvg(name, attributes = {}) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/** Ask in a dialog. Gives the text (or true without a field) for yes, null for no. */
export function ask({ title, yes, text, secret = false }) {
  const dialog = $("#ask");
  const field = $("#ask-text");
  $("#ask-title").textContent = title;
  $("#ask-yes").textContent = yes;
  field.hidden = text === undefined;
  field.type = secret ? "password" : "text";
  field.value = text ?? "";
  field.setAttribute("aria-label", title);
  dialog.returnValue = "";
  dialog.showModal();
  (text === undefined ? $("#ask-yes") : field).focus();
  field.select();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? field.hidden || field.value : null), { once: true }),
  );
}

// Enter in the field means yes, not the first button.
$("#ask-text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  $("#ask").close("yes");
});

/** A small menu beside a button: [[label, action], ...]. */
export function openMenu(button, entries) {
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    button.setAttribute("aria-expanded", "false");
  };
  const outside = (event) => menu.contains(event.target) || close();
  const items = entries.map(([label, action]) =>
    make("button", { type: "button", role: "menuitem", onclick: () => (close(), button.focus(), action()) }, label),
  );
  const menu = make("div", { class: "menu", role: "menu", onkeydown: (event) => walk(event, items, () => (close(), button.focus())) }, ...items);
  document.body.append(menu);
  const { left, bottom } = button.getBoundingClientRect();
  menu.style.left = `${Math.min(left, innerWidth - menu.offsetWidth - 8)}px`;
  menu.style.top = `${Math.min(bottom, innerHeight - menu.offsetHeight - 8)}px`;
  document.addEventListener("pointerdown", outside, true);
  button.setAttribute("aria-expanded", "true");
  items[0].focus();
}

function walk(event, items, leave) {
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) items[(at + step + items.length) % items.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") leave();
  else return;
  event.preventDefault();
}
