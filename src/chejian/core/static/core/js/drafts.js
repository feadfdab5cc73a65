// Forms keep what was typed in this browser until they are sent.
import { $, each, on, word } from "./lib.js";

const PREFIX = "draft:";
const WEEK = 7 * 24 * 3600 * 1000;
const kept = (input) =>
  input.name && !input.disabled && input.form && !["password", "file", "submit", "button"].includes(input.type) &&
  input.name !== "csrfmiddlewaretoken";

const fields = (form) => [...form.elements].filter(kept);
const sent = sessionStorage.getItem("sent-draft");
sessionStorage.removeItem("sent-draft");

const clock = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

function read(form) {
  const values = {};
  for (const input of fields(form)) {
    if (input.type === "checkbox" || input.type === "radio") {
      if (input.checked) (values[input.name] ??= []).push(input.value);
      else values[input.name] ??= [];
    } else if (input.multiple) {
      values[input.name] = [...input.selectedOptions].map((option) => option.value);
    } else {
      (values[input.name] ??= []).push(input.value);
    }
  }
  return values;
}

function write(form, values) {
  const at = {};
  for (const input of fields(form)) {
    const list = values[input.name];
    if (!list) continue;
    if (input.type === "checkbox" || input.type === "radio") input.checked = list.includes(input.value);
    else if (input.multiple) for (const option of input.options) option.selected = list.includes(option.value);
    else {
      at[input.name] ??= 0;
      input.value = list[at[input.name]] ?? input.value;
      at[input.name] += 1;
    }
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Short forms have no place of their own for the note: it stands beside their button. */
function notePlace(form) {
  const place = Object.assign(document.createElement("span"), { className: "draft-note" });
  place.dataset.draftNote = "";
  place.setAttribute("role", "status");
  ($(".form-foot, .dialog-foot", form) ?? form).append(place);
  return place;
}

function note(form, text, drop) {
  const place = $("[data-draft-note]", form) ?? document.querySelector(`[data-draft-note="${CSS.escape(form.dataset.draft)}"]`) ?? notePlace(form);
  place.textContent = text;
  if (!drop) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: word("drop") });
  button.addEventListener("click", drop);
  place.append(" ", button);
}

each("form[data-draft]", (form) => {
  const key = PREFIX + location.pathname + ":" + form.dataset.draft;
  const first = JSON.stringify(read(form));
  let timer;
  const forget = () => { clearTimeout(timer); localStorage.removeItem(key); };
  const save = () => {
    const values = read(form);
    if (JSON.stringify(values) === first) return forget();
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
      note(form, word("kept", { time: clock(Date.now()) }));
    } catch {
      // The browser's store is full: the form still works, it only keeps no draft.
    }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(save, 400); };

  const failed = $('[aria-invalid="true"], .alert-red, .conflict', form); // what came back from the server stands above the draft
  if (sent === key && !failed) forget();
  const draft = JSON.parse(localStorage.getItem(key) ?? "null");
  if (draft && Date.now() - draft.at < WEEK && !failed) {
    write(form, draft.values);
    note(form, word("draft", { time: clock(draft.at) }), () => { forget(); write(form, JSON.parse(first)); note(form, ""); });
  }
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("draft:save", save);
  form.addEventListener("draft:forget", forget);
  // Kept until the server took it: a page that comes back with errors still has its draft.
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) { save(); sessionStorage.setItem("sent-draft", key); } });
  form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && event.detail.elt === form) forget(); });
});

/* Arriving on another page of the product after a form was sent means that it was taken; the
   login page (without a shell) means that it was not. */
if (sent && $("#app") && !sent.startsWith(PREFIX + location.pathname + ":")) localStorage.removeItem(sent);

/* A link that leads on to the real form: what was typed to find it is no draft. */
on("click", "[data-draft-drop]", (event, link) => {
  link.closest("form[data-draft]")?.dispatchEvent(new CustomEvent("draft:forget"));
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  const form = event.target.closest?.("form[data-draft]") ?? $("form[data-draft]");
  if (!form) return;
  event.preventDefault();
  form.dispatchEvent(new CustomEvent("draft:save"));
});
