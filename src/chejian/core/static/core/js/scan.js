// A scanner types like a very fast person who ends with Enter: such a burst goes to the page's scan
// field wherever the focus is, and never stays in a money field. Plates are written large.
import { $, each } from "./lib.js";

const GAP = 35; // milliseconds between keys; people are slower
const LEAST = 6;
let burst = "";
let last = 0;
let origin = null;

document.addEventListener("keydown", (event) => {
  const field = $("dialog[open] [data-scan]") ?? $("[data-scan]");
  if (!field || event.target === field || event.ctrlKey || event.metaKey || event.altKey) return;
  const now = performance.now();
  if (event.key === "Enter") {
    if (burst.length >= LEAST && now - last < GAP * 2) take(event, field);
    burst = "";
    return;
  }
  if (event.key.length !== 1) return;
  if (now - last > GAP) {
    burst = "";
    origin = { input: event.target, value: event.target.value };
  }
  burst += event.key;
  last = now;
}, true);

function take(event, field) {
  event.preventDefault();
  event.stopImmediatePropagation();
  const input = origin?.input;
  if (input && input !== field && "value" in input && input.value !== origin.value) {
    input.value = origin.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.value = burst;
  field.focus();
  field.dispatchEvent(new CustomEvent("scanned", { bubbles: true, detail: burst }));
  field.form?.requestSubmit();
}

/* Colour of the plate as it is typed: eight characters are new energy, five after the letter blue. */
const colour = (text) => {
  const plain = text.replace(/[\s·.-]/g, "").toUpperCase();
  if (!/^\p{Script=Han}/u.test(plain)) return "";
  if (/[警]$/.test(plain)) return "white";
  if (/[港澳使领]$/.test(plain)) return "black";
  if (/[学挂]$/.test(plain)) return "yellow";
  if (plain.length === 8) return /^\D$/.test(plain.at(-1)) ? "yellow_green" : "green";
  return plain.length === 7 ? "blue" : "";
};
each("[data-plate]", (input) => {
  const box = input.closest(".plate-input");
  const show = () => {
    if (input.value) box.dataset.colour = colour(input.value);
  };
  input.addEventListener("input", show);
  input.addEventListener("change", () => {
    input.value = input.value.replace(/[\s·.-]/g, "").toUpperCase();
    show();
  });
  if (!box.dataset.colour) show();
});
