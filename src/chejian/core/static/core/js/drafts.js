// Forms keep what was typed in this browser until the server has carried them out.
import { $, each, on, word } from "./lib.js";
import { toast } from "./shell.js";

const WEEK = 7 * 24 * 3600 * 1000;
const PREFIX = "draft:";
const person = $("#words")?.dataset.person ?? ""; // a draft is its writer's alone, on a shared computer too
const UNKEPT = ["password", "file", "submit", "button"];

/** A combo's words have no name of their own: they go by that of the field that holds the choice. */
const nameOf = (input) => {
  if (input.name || input.getAttribute("role") !== "combobox") return input.name;
  const choice = $('input[type="hidden"][name]', input.closest("[data-combo]") ?? document.createElement("i"));
  return choice ? `${choice.name} words` : "";
};
const kept = (input) =>
  nameOf(input) && !input.disabled && input.form && !UNKEPT.includes(input.type) && input.name !== "csrfmiddlewaretoken";
const fields = (form) => [...form.elements].filter(kept);

function clock(time) {
  const then = new Date(time);
  const day = then.toDateString() === new Date().toDateString() ? {} : { month: "2-digit", day: "2-digit" };
  return then.toLocaleString([], { ...day, hour: "2-digit", minute: "2-digit", hour12: false });
}

function read(form) {
  const values = {};
  for (const input of fields(form)) {
    const name = nameOf(input);
    if (input.type === "checkbox" || input.type === "radio") {
      if (input.checked) (values[name] ??= []).push(input.value);
      else values[name] ??= [];
    } else if (input.multiple) {
      values[name] = [...input.selectedOptions].map((option) => option.value);
    } else {
      (values[name] ??= []).push(input.value);
    }
  }
  return values;
}

function write(form, values) {
  const at = {};
  for (const input of fields(form)) {
    const name = nameOf(input);
    const list = values[name];
    if (!list) continue;
    if (input.type === "checkbox" || input.type === "radio") input.checked = list.includes(input.value);
    else if (input.multiple) for (const option of input.options) option.selected = list.includes(option.value);
    else {
      at[name] ??= 0;
      input.value = list[at[name]] ?? input.value;
      at[name] += 1;
    }
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// --- the browser's store ----------------------------------------------------------------------------
function load(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null");
    return draft && Date.now() - draft.at < WEEK ? draft : null;
  } catch {
    return null;
  }
}
const stored = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

/* The server says by a cookie which forms it has carried out (core/once.py). Nothing else ends a draft:
   whoever lands on another page may have come there because the server could not be reached. */
function dropCarriedOut() {
  const said = /(?:^|; )taken="?([^;"]*)/.exec(document.cookie)?.[1];
  if (!said) return;
  document.cookie = "taken=; path=/; max-age=0; samesite=lax";
  const forms = said.split(".");
  for (const key of stored()) if (forms.includes(load(key)?.values.once?.[0])) localStorage.removeItem(key);
}
for (const key of stored()) if (!load(key)) localStorage.removeItem(key); // older than a week

// --- the word beside the form -----------------------------------------------------------------------
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
  if (place.getBoundingClientRect().top > innerHeight) toast(text); // a long form on a phone: the word is said where one looks
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: word("drop") });
  button.addEventListener("click", drop);
  place.append(" ", button);
}

// --- each form --------------------------------------------------------------------------------------
const waiting = new Set();
addEventListener("pagehide", () => { for (const save of waiting) save(); });

each("form[data-draft]", (form) => {
  dropCarriedOut();
  const key = `${PREFIX}${person}:${location.pathname}:${form.dataset.draft}`;
  const first = JSON.stringify(read(form));
  let timer;
  const stop = () => { clearTimeout(timer); waiting.delete(save); };
  const forget = () => { stop(); localStorage.removeItem(key); };
  const save = () => {
    stop();
    const values = read(form);
    if (JSON.stringify(values) === first) return forget();
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
      note(form, word("kept", { time: clock(Date.now()) }));
    } catch {
      // The browser's store is full: the form still works, it only keeps no draft.
    }
  };
  const later = () => { stop(); waiting.add(save); timer = setTimeout(save, 400); };
  const afresh = () => {
    const begun = JSON.parse(first);
    const grown = Object.keys(begun).some((name) => name.endsWith("-TOTAL_FORMS") && form.elements[name].value !== begun[name][0]);
    forget();
    if (grown) return location.reload(); // rows that only the draft had
    write(form, begun);
    forget();
    note(form, "");
  };

  const failed = $('[aria-invalid="true"], .alert-red[role="alert"], .conflict', form); // what came back from the server stands above the draft
  const draft = failed ? null : load(key);
  if (draft) {
    write(form, draft.values);
    note(form, word("draft", { time: clock(draft.at) }), afresh);
    form.closest("details:not([data-menu])")?.setAttribute("open", ""); // so that the word is seen
  }
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("draft:rows", () => draft && write(form, draft.values)); // rows of the draft were added
  form.addEventListener("draft:save", save);
  form.addEventListener("draft:forget", forget);
  form.addEventListener("submit", save);
  form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && event.detail.elt === form) forget(); });
});

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
