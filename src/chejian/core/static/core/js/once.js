// A form that stays on the page after it was taken gets a new key: its next post is another one.
import { newKey } from "./lib.js";

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful || event.detail.requestConfig?.verb === "get") return;
  const input = event.detail.elt.closest?.("form")?.elements.namedItem("once");
  if (input) input.value = newKey();
});
