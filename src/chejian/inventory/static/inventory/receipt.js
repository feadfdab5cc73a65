// The receipt form by keyboard and scanner: Enter goes on, the last field of a row opens the next.
import { $, $$, send } from "../core/js/lib.js";

const form = $("[data-receipt]");
const body = $("[data-lines]", form);
const total = $('[name="rows-TOTAL_FORMS"]', form);
const role = (row, name) => $(`[data-role="${name}"]`, row);
const rowOf = (element) => element.closest("[data-row]");
const partOf = (row) => $('[role="combobox"]', row);
const idOf = (row) => $('.combo input[type="hidden"]', row);

/** Money in hundredths of a fen, exact for what a line can hold. */
const scaled = (text, places) => {
  const match = /^\s*(\d+)(?:\.(\d*))?\s*$/.exec(text);
  return match ? BigInt(match[1] + (match[2] ?? "").padEnd(places, "0").slice(0, places)) : null;
};
const shown = (fen) => `${(fen / 100n).toLocaleString("en-US")}.${String(fen % 100n).padStart(2, "0")}`;

function sum() {
  let all = 0n;
  for (const row of $$("[data-row]", body)) {
    const count = scaled(role(row, "quantity").value, 3);
    const cost = scaled(role(row, "unit_cost").value, 4);
    const fen = count === null || cost === null ? null : (count * cost + 50000n) / 100000n;
    role(row, "net").textContent = fen === null ? "" : shown(fen);
    all += fen ?? 0n;
  }
  $("[data-total]", form).textContent = shown(all);
}

/** What the catalogue and the shelf know of the part; what was typed already stays. */
function fill(row, found) {
  partOf(row).value = found.text;
  idOf(row).value = found.id;
  role(row, "number").textContent = `${found.data.number} · ${found.data.unit}`;
  for (const name of ["unit_cost", "bin"]) {
    const field = role(row, name);
    if (!field.value) field.value = found.data[name];
  }
  sum();
  role(row, "quantity").focus();
}

const address = (query) => {
  const url = new URL(form.dataset.parts, location.href);
  url.searchParams.set("warehouse", form.elements.warehouse.value);
  if (query !== undefined) url.searchParams.set("q", query);
  return url;
};

/** A number that was scanned or typed whole, before the list could open. */
async function look(row) {
  const input = partOf(row);
  const code = input.value.trim();
  const response = await send(address(code), { method: "GET", headers: { Accept: "application/json" } }).catch(() => null);
  const rows = response?.ok ? (await response.json()).results : [];
  const exact = rows.filter((found) => found.data.number === code);
  const [found] = exact.length ? exact : rows.length === 1 ? rows : [];
  input.setCustomValidity(response?.ok && !rows.length ? form.dataset.unknown : "");
  if (found) fill(row, found);
  else if (rows.length) input.dispatchEvent(new Event("input", { bubbles: true }));
  else input.reportValidity();
}

async function nextRow(row) {
  const next = row.nextElementSibling ?? (await addRow());
  if (next) partOf(next).focus();
}

async function addRow() {
  const url = new URL(form.dataset.rows, location.href);
  url.searchParams.set("index", total.value);
  const response = await send(url, { method: "GET" }).catch(() => null);
  if (!response?.ok) return null;
  body.insertAdjacentHTML("beforeend", await response.text());
  total.value = Number(total.value) + 1;
  const row = body.lastElementChild;
  row.dispatchEvent(new CustomEvent("chejian:added", { bubbles: true }));
  aim();
  return row;
}

/** The lists ask for the bin and cost at the warehouse that is chosen. */
function aim() {
  for (const combo of $$("[data-combo]", body)) combo.dataset.combo = address().href;
}

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
  const row = rowOf(event.target);
  if (!row || event.defaultPrevented) return;
  event.preventDefault();
  if (event.target === partOf(row)) {
    if (idOf(row).value) role(row, "quantity").focus();
    else if (event.target.value.trim()) look(row);
    return;
  }
  const order = ["quantity", "unit_cost", "bin"].map((name) => role(row, name));
  const next = order[order.indexOf(event.target) + 1];
  if (next) {
    next.focus();
    next.select();
  } else nextRow(row);
});
form.addEventListener("combo:chosen", (event) => fill(rowOf(event.target), event.detail));
form.addEventListener("input", (event) => {
  event.target.setCustomValidity?.("");
  sum();
});
form.addEventListener("click", (event) => {
  if (!event.target.closest("[data-more]")) return;
  event.preventDefault();
  addRow().then((row) => row && partOf(row).focus());
});
form.elements.warehouse.addEventListener("change", aim);
/** A draft of more rows than the page shows: they are added, then the draft is written into them. */
async function growToDraft() {
  const [wanted, shown] = [Number(total.value), $$("[data-row]", body).length];
  if (wanted <= shown) return;
  total.value = shown;
  while (Number(total.value) < wanted && (await addRow()));
  form.dispatchEvent(new CustomEvent("draft:rows"));
  sum();
}
aim();
sum();
growToDraft();
partOf($("[data-row]", body))?.focus();
