// The line grid: keyboard first, every cell saved on leaving, what others changed is shown.
import { $, $$, announce, each, on, replaceById, send, word } from "./lib.js";
import { buildCombo } from "./combo.js";
import { toast } from "./shell.js";

const undoStacks = new WeakMap();
const queues = new WeakMap();
const failures = new Map(); // what the server refused, by line and field, until the person has settled it
let active = null; // the open cell, its editor, and what of the row was seen when it was opened

const cells = (root) => $$("[data-field]", root).filter((cell) => cell.offsetParent !== null);
const rowOf = (cell) => cell.closest("tr[data-line]");
const gridOf = (cell) => cell.closest("[data-grid]");
const keyOf = (cell) => `${rowOf(cell).dataset.line} ${cell.dataset.field}`;
const named = (grid, line, field) => $(`tr[data-line="${CSS.escape(line)}"] [data-field="${CSS.escape(field)}"]`, grid);

// --- opening and closing a cell ---------------------------------------------------------------
function makeEditor(cell, text) {
  if (cell.dataset.kind === "choice") {
    const select = document.createElement("select");
    for (const [value, label] of JSON.parse(cell.dataset.choices)) select.add(new Option(label, value));
    select.value = text;
    return { root: select, input: select };
  }
  if (cell.dataset.kind === "combo") {
    const combo = buildCombo({ url: cell.dataset.url, label: cell.dataset.label, text });
    return { root: combo.root, input: combo.input, hidden: combo.hidden };
  }
  const input = document.createElement("input");
  input.type = "text";
  input.value = text;
  if (["money", "qty", "percent"].includes(cell.dataset.kind)) input.inputMode = "decimal";
  return { root: input, input };
}

function open(cell, typed = null) {
  if (active?.cell === cell) return;
  if (active) close(true);
  const text = cell.dataset.draft ?? (cell.dataset.kind === "combo" ? cell.textContent.trim() : cell.dataset.value);
  const parts = makeEditor(cell, typed ?? text);
  parts.input.classList.add("cell");
  parts.input.setAttribute("aria-label", cell.dataset.label);
  const seen = { value: cell.dataset.value, version: rowOf(cell).dataset.version ?? "", text };
  active = { cell, ...parts, seen, shown: [...cell.childNodes], line: rowOf(cell).dataset.line, field: cell.dataset.field };
  cell.classList.add("editing");
  $(".grid-error", cell)?.remove();
  cell.replaceChildren(parts.root);
  parts.input.focus();
  if (typed === null) parts.input.select?.();
}

/** Leaves the open cell; `keep` saves what was typed when it differs. */
function close(keep) {
  if (!active) return;
  const { cell, input, hidden, shown, seen } = active;
  const value = (hidden ? hidden.value : input.value).trim();
  const changed = hidden ? Boolean(hidden.value) && hidden.value !== cell.dataset.value : value !== (cell.dataset.draft ?? cell.dataset.value);
  active = null;
  cell.classList.remove("editing");
  cell.replaceChildren(...shown);
  if (keep && changed) {
    const before = cell.dataset.value;
    if (cell.dataset.kind !== "choice" && !hidden) cell.textContent = value;
    // whoever changed this very value while it was open is not overwritten unseen: the save names the version seen
    enqueue(cell, value, before, { against: before === seen.value ? null : seen.version });
  } else if (!keep) settle(cell);
}

// --- saving ---------------------------------------------------------------------------------------
function mark(grid, state) {
  const sign = $("[data-saved-mark]", grid.closest(".card") ?? document);
  if (!sign) return;
  sign.classList.toggle("on", state !== "none");
  if (state !== "none") $("span", sign).textContent = sign.dataset[state];
}

/* One save after another, so that each carries the version that the last one brought. */
function enqueue(cell, value, before, { undo = true, against = null } = {}) {
  const grid = gridOf(cell);
  const place = { line: rowOf(cell).dataset.line, field: cell.dataset.field };
  cell.classList.add("saving");
  mark(grid, "saving");
  const chain = (queues.get(document.body) ?? Promise.resolve()).then(() => save(grid, place, value, { before, undo, against }));
  queues.set(document.body, chain.catch(() => {}));
}

const liveGrid = (grid) => (grid.isConnected ? grid : (grid.id && document.getElementById(grid.id)) || $("[data-grid]"));

async function save(oldGrid, place, value, { before, undo, against }) {
  const grid = liveGrid(oldGrid);
  const cell = grid && named(grid, place.line, place.field);
  if (!cell) return;
  const row = rowOf(cell);
  const response = await send(row.dataset.save, {
    body: { field: place.field, value, version: against ?? row.dataset.version ?? "", line: place.line },
    headers: { Accept: "text/html, application/json" },
  }).catch(() => null);
  cell.classList.remove("saving");
  if (!response?.ok) return refuse(grid, place, value, response);
  settle(cell);
  cell.dataset.value = value;
  if (undo) remember(grid, { ...place, value: before });
  const html = await response.text();
  keepOpen(() => replaceById(html), place);
  mark(liveGrid(oldGrid) ?? grid, "saved");
  announce(word("saved"));
}

async function refuse(oldGrid, place, value, response) {
  mark(oldGrid, "none");
  const failure = { value, answer: await read(response), conflict: response?.status === 409 };
  const cell = named(liveGrid(oldGrid), place.line, place.field);
  if (!cell) return;
  failures.set(keyOf(cell), failure);
  showFailure(cell, failure);
}

/** What was typed stays in the cell with what the server said; of two people's values one is chosen. */
function showFailure(cell, { value, answer, conflict }) {
  cell.classList.add("failed");
  cell.dataset.draft = value;
  if (active?.cell === cell) return;
  if (!["choice", "combo"].includes(cell.dataset.kind)) cell.textContent = value;
  const error = document.createElement("div");
  error.className = "grid-error";
  error.setAttribute("role", "alert");
  error.textContent = answer.message;
  const choose = (act) => () => { settle(cell); rowOf(cell).dataset.version = answer.version ?? ""; act(); };
  if (conflict) {
    error.append(
      button(word("keepMine"), choose(() => enqueue(cell, value, answer.theirs))),
      button(word("takeTheirs"), choose(() => {
        cell.dataset.value = answer.theirs;
        cell.textContent = answer.shown ?? answer.theirs;
        document.dispatchEvent(new CustomEvent("chejian:stale")); // the row as it is now
      })),
    );
  }
  $(".grid-error", cell)?.remove();
  cell.append(error);
}

function settle(cell) {
  failures.delete(keyOf(cell));
  delete cell.dataset.draft;
  cell.classList.remove("failed");
  $(".grid-error", cell)?.remove();
}

async function read(response) {
  if (!response) return { message: word("offline") };
  const text = await response.text();
  const json = response.headers.get("Content-Type")?.includes("json") ? JSON.parse(text) : {};
  if (response.status === 409) return { ...json, message: word("theirs", { value: json.shown ?? json.theirs ?? "" }) };
  if (response.status >= 500) return { message: word("failed") };
  if (json.message) return json;
  const page = new DOMParser().parseFromString(text, "text/html");
  return { message: page.body.textContent.trim().slice(0, 300) || word("failed") };
}

function button(text, act) {
  const element = Object.assign(document.createElement("button"), { type: "button", textContent: text });
  element.addEventListener("click", (event) => { event.stopPropagation(); act(); });
  return element;
}

// --- a row replaced under the fingers keeps the open cell, and what was refused ----------------------
function hold() {
  const { line, field, input, seen } = active;
  const caret = input.setSelectionRange && input.selectionStart !== null ? [input.selectionStart, input.selectionEnd] : null;
  active = null;
  return { line, field, text: input.value, seen, caret };
}

/** `own` is the place that this page has just saved: its new value is no surprise. */
function reopen({ line, field, text, seen, caret }, own) {
  const cell = named(document, line, field);
  if (!cell) return;
  if (text === seen.text) return open(cell); // nothing typed yet: what is stored now is shown
  open(cell, text);
  const mine = own?.line === line && own.field === field;
  if (!mine) active.seen = { ...seen, version: cell.dataset.value === seen.value ? active.seen.version : seen.version };
  if (caret) active.input.setSelectionRange?.(...caret);
}

function showFailures() {
  for (const [key, failure] of failures) {
    const [line, field] = key.split(" ");
    const cell = named(document, line, field);
    if (cell && !cell.classList.contains("failed")) showFailure(cell, failure);
  }
}

function keepOpen(replace, own) {
  const was = active;
  const focused = !was && document.activeElement?.closest?.("[data-grid] [data-field]");
  const spot = focused && { line: rowOf(focused)?.dataset.line, field: focused.dataset.field };
  replace();
  if (was && !was.cell.isConnected) reopen(hold(), own);
  else if (spot?.line && !focused.isConnected) named(document, spot.line, spot.field)?.focus();
  showFailures();
}
let held = null;
/* Panels come as the answer's own target or beside it ("out of band"), which has events of its own. */
for (const name of ["htmx:beforeSwap", "htmx:oobBeforeSwap"]) {
  document.addEventListener(name, (event) => {
    if (active && event.detail.target?.contains(active.cell)) held = hold();
  });
}
for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, () => {
    if (held) reopen(held);
    held = null;
    if (failures.size) showFailures();
  });
}

// --- undo -------------------------------------------------------------------------------------------------
function remember(grid, step) {
  const stack = undoStacks.get(document.body) ?? [];
  stack.push({ grid: grid.id, ...step });
  undoStacks.set(document.body, stack.slice(-50));
}
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || active || event.target.matches("input, textarea")) return;
  const step = undoStacks.get(document.body)?.pop();
  const cell = step && named(document, step.line, step.field);
  if (!cell) return;
  event.preventDefault();
  enqueue(cell, step.value, cell.dataset.value, { undo: false });
  toast(word("undone"));
});

// --- moving ------------------------------------------------------------------------------------------------
function next(cell, by) {
  const all = cells(gridOf(cell));
  const to = all[all.indexOf(cell) + by];
  if (to) return to;
  return by > 0 ? $(".new input", gridOf(cell)) : null;
}
function vertical(cell, by) {
  const rows = $$("tr[data-line]", gridOf(cell));
  for (let at = rows.indexOf(rowOf(cell)) + by; rows[at]; at += by) {
    const to = $(`[data-field="${CSS.escape(cell.dataset.field)}"]`, rows[at]);
    if (to) return to;
  }
  return by > 0 ? $(".new input", gridOf(cell)) : null;
}
function go(to, edit) {
  if (!to) return;
  if (edit && to.dataset.field) open(to);
  else to.focus();
}

function onKeyInEditor(event) {
  const { cell, input } = active;
  const list = input.getAttribute("aria-expanded") === "true";
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(false);
    cell.focus();
  } else if (event.key === "Enter" && !(list && input.getAttribute("aria-activedescendant"))) {
    event.preventDefault();
    event.stopPropagation();
    const to = next(cell, event.shiftKey ? -1 : 1);
    close(true);
    go(to, true);
  } else if (event.key === "Tab") {
    const to = next(cell, event.shiftKey ? -1 : 1);
    close(true);
    if (to) { event.preventDefault(); go(to, true); }
  } else if (["ArrowUp", "ArrowDown"].includes(event.key) && input.tagName !== "SELECT" && !list) {
    event.preventDefault();
    const to = vertical(cell, event.key === "ArrowUp" ? -1 : 1);
    close(true);
    go(to, true);
  }
}

function onKeyOnCell(event, cell) {
  const to = { ArrowUp: () => vertical(cell, -1), ArrowDown: () => vertical(cell, 1), ArrowLeft: () => next(cell, -1), ArrowRight: () => next(cell, 1) }[event.key];
  if (to) {
    event.preventDefault();
    return go(to(), false);
  }
  if (event.key === "Enter") {
    event.preventDefault();
    return open(cell);
  }
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ") {
    event.preventDefault();
    open(cell, cell.dataset.kind === "choice" ? null : event.key);
  }
}

on("keydown", "[data-grid] [data-field]", (event, cell) => {
  if (event.isComposing) return;
  if (active?.cell === cell) onKeyInEditor(event);
  else if (event.target === cell) onKeyOnCell(event, cell);
}, true);
on("click", "[data-grid] [data-field]", (event, cell) => {
  if (!event.target.closest("a, button, input, select")) open(cell);
});
on("change", "[data-grid] select.cell", (event, select) => {
  if (active?.input === select) { const { cell } = active; close(true); cell.focus(); }
});
on("combo:chosen", "[data-grid] [data-field]", (event, cell) => {
  if (active?.cell === cell) { const to = next(cell, 1); close(true); go(to, false); }
});
document.addEventListener("focusout", (event) => {
  if (!active || !active.cell.contains(event.target)) return;
  const { cell } = active;
  setTimeout(() => { if (active?.cell === cell && !cell.contains(document.activeElement) && document.hasFocus()) close(true); }, 0);
});

// --- the job that a part typed in the last row goes to: that of the row used last ---------------------
let usedJob = ""; // follows the cursor until the person chooses another in the list
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-grid] tr[data-job]");
  if (row) usedJob = row.dataset.job;
  const choice = event.target.closest?.("[data-grid] .new") && $("[data-new-job]", event.target.closest(".new"));
  if (choice && event.target !== choice) offerJobs(choice);
});
on("change", "[data-new-job]", (_event, choice) => { usedJob = choice.value; });
function offerJobs(choice) {
  const rows = $$("tr.job[data-job-name]:not(.cancelled)", gridOf(choice));
  const before = choice.value;
  choice.replaceChildren(...rows.map((row) => new Option(row.dataset.jobName, row.dataset.job)));
  const wanted = [usedJob, before, rows.at(-1)?.dataset.job].find((job) => rows.some((row) => row.dataset.job === job));
  if (wanted) choice.value = wanted;
  choice.parentElement.hidden = rows.length === 0;
}
each("[data-grid]", (grid) => { if (grid.hasAttribute("data-focus-first")) cells(grid)[0]?.focus(); });
