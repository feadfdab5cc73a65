// Search as you type over an address that answers {"results": [{id, text, note, badge, data}]}.
import { $, each, send } from "./lib.js";

let serial = 0;

/** The markup of a combo made by script, as the macro makes it on the server. */
export function buildCombo({ url, label, text = "" }) {
  serial += 1;
  const root = Object.assign(document.createElement("span"), { className: "combo" });
  root.dataset.combo = url;
  const input = Object.assign(document.createElement("input"), { type: "text", value: text, autocomplete: "off" });
  const list = Object.assign(document.createElement("span"), { className: "combo-list", id: `combo-${serial}`, hidden: true });
  const hidden = Object.assign(document.createElement("input"), { type: "hidden" });
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-autocomplete", "list"], ["aria-controls", list.id]]) input.setAttribute(name, value);
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  root.append(input, hidden, list);
  start(root);
  return { root, input, hidden };
}

function start(root) {
  if (root.comboReady) return;
  root.comboReady = true;
  const input = $('[role="combobox"]', root);
  const hidden = $('input[type="hidden"]', root);
  const list = $('[role="listbox"]', root);
  let rows = [];
  let at = -1;
  let timer;
  let asked = 0;
  let answered = ""; // the words that the rows answer to

  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) { at = -1; input.removeAttribute("aria-activedescendant"); }
  };
  const point = (to) => {
    const options = [...list.querySelectorAll('[role="option"]')];
    if (!options.length) return;
    at = (to + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    options[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[at].id);
  };
  const choose = (row) => {
    input.value = row.text;
    hidden.value = row.id;
    show(false);
    fill(row);
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
    root.dispatchEvent(new CustomEvent("combo:chosen", { bubbles: true, detail: row }));
  };
  const fill = (row) => {
    for (const [name, value] of Object.entries(row.data ?? {})) {
      const field = input.form?.elements[name];
      if (field && field !== hidden && root.dataset.fill !== undefined) {
        field.value = value;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  };
  const draw = (note) => {
    list.replaceChildren(...rows.map((row, index) => option(row, index, list.id, choose)));
    if (!rows.length) list.append(Object.assign(document.createElement("span"), { className: "combo-note", textContent: note }));
    show(true);
    if (rows.length) point(0);
  };
  const ask = async () => {
    const mine = (asked += 1);
    const words = input.value.trim();
    const address = new URL(root.dataset.combo, location.href);
    address.searchParams.set("q", words);
    const response = await send(address, { method: "GET", headers: { Accept: "application/json" } }).catch(() => null);
    if (mine !== asked || document.activeElement !== input) return; // a late answer opens nothing
    rows = response?.ok ? (await response.json()).results : [];
    answered = words;
    draw(response?.ok ? root.dataset.none ?? "" : root.dataset.offline ?? "");
  };

  // A scanner is quicker than the answer: Enter waits for it and never takes what answers to less.
  const hurry = async () => {
    clearTimeout(timer);
    await ask();
    if (rows[0] && answered === input.value.trim()) choose(rows[0]);
  };

  input.addEventListener("input", () => {
    hidden.value = "";
    clearTimeout(timer);
    if (input.value.trim().length < Number(root.dataset.min ?? 1)) return show(false);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("focus", () => { if (root.dataset.min === "0" && list.hidden) ask(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      event.stopPropagation();
      point(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !hidden.value && answered !== input.value.trim()
      && input.value.trim().length >= Math.max(Number(root.dataset.min ?? 1), 1)) {
      event.preventDefault();
      event.stopPropagation();
      hurry();
    } else if (event.key === "Enter" && !list.hidden && rows[at]) {
      event.preventDefault();
      event.stopPropagation();
      choose(rows[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    }
  });
  input.addEventListener("blur", () => setTimeout(() => { if (!root.contains(document.activeElement)) show(false); }, 100));
}

function option(row, index, listId, choose) {
  const element = document.createElement("span");
  element.id = `${listId}-${index}`;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
  element.append(Object.assign(document.createElement("span"), { textContent: row.text }));
  if (row.badge) element.append(Object.assign(document.createElement("span"), { className: "tag", textContent: row.badge }));
  if (row.note) element.append(Object.assign(document.createElement("span"), { className: "n", textContent: row.note }));
  element.addEventListener("mousedown", (event) => { event.preventDefault(); choose(row); });
  return element;
}

each("[data-combo]", start);
