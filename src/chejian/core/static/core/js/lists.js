// Lists: panels that open without leaving, boxes that fit the operator, columns moved by hand.
import { $, $$, each, on } from "./lib.js";

// --- panels are swapped into the list -------------------------------------------------------
on("click", "a[data-list-panel]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.href, { target: "#list", select: "#list", swap: "outerHTML" }).then(() => {
    $("#list-panel :is(select, input:not([type=hidden]))")?.focus();
  });
});

// --- conditions -------------------------------------------------------------------------------
function fit(row) {
  const chosen = $("[data-operator]", row)?.selectedOptions[0];
  if (!chosen) return;
  const values = Number(chosen.dataset.values);
  const period = chosen.value === "period";
  const show = (name, wanted) => $$(`[data-box="${name}"]`, row).forEach((box) => { box.hidden = !wanted; });
  show("period", period);
  show("first", !period && values !== 0);
  show("second", !period && values === 2);
  for (const box of $$(".condition-values .check", row)) box.hidden = values === 0;
}
each("[data-condition]", fit);
on("change", "[data-operator]", (event, select) => fit(select.closest("[data-condition]")));
on("change", "[data-add]", (event, select) => {
  if (select.value) $('[name="more"]', select.form).click(); // a click names the button for HTMX
});

// --- a list that renews itself stays where it was scrolled to ------------------------------------
let scrolled = 0;
document.addEventListener("htmx:beforeSwap", (event) => {
  const renewed = event.detail.target?.id === "list" && event.detail.requestConfig?.triggeringEvent?.type === "live";
  scrolled = renewed ? $("#list > .table-wrap")?.scrollTop ?? 0 : 0;
});
document.addEventListener("htmx:afterSwap", () => {
  const rows = $("#list > .table-wrap");
  if (rows && scrolled) rows.scrollTop = scrolled;
});

// --- columns: the order of the rows is the order of the columns ---------------------------------
let drawn = null;
const rowOf = (element) => element.closest?.("[data-column]");
function move(row, step) {
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
}
on("click", '[data-columns] [name="up"], [data-columns] [name="down"]', (event, button) => {
  event.preventDefault();
  move(rowOf(button), button.name === "up" ? -1 : 1);
  button.focus();
});
on("keydown", "[data-column]", (event, row) => {
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const focused = document.activeElement;
  move(row, event.key === "ArrowUp" ? -1 : 1);
  focused.focus();
});
on("dragstart", "[data-column]", (event, row) => {
  drawn = row;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
});
on("dragover", "[data-column]", (event, row) => {
  if (!drawn || row === drawn) return;
  event.preventDefault();
  row.classList.add("over");
});
on("dragleave", "[data-column]", (event, row) => row.classList.remove("over"));
on("drop", "[data-column]", (event, row) => {
  if (!drawn) return;
  event.preventDefault();
  row.classList.remove("over");
  row.before(drawn);
});
on("dragend", "[data-column]", () => { drawn = null; });
on("change", "[data-column] input", (event, box) => { rowOf(box).draggable = box.checked; });
