// The frame around every page: menus, finder, theme, folding, dialogs, toasts, keys, refusals.
import { $, $$, added, csrf, each, on, send, word, newKey } from "./lib.js";

document.documentElement.classList.remove("js-off");

// --- HTMX: our token, refusals in a dialog -------------------------------------------------
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrf();
  // a screen that renews itself is nobody at work: it must not keep the session alive
  if (event.detail.triggeringEvent?.type.startsWith("live")) event.detail.headers["X-Live"] = "1";
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const text = event.detail.xhr.responseText;
  if (event.detail.xhr.status < 400 || !text.includes("data-refusal")) return;
  event.detail.shouldSwap = false;
  showRefusal(text);
});
document.addEventListener("htmx:sendError", () => toast(word("offline"), { tone: "red" }));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401) toast(word("failed"), { tone: "red" });
});

export function showRefusal(html) {
  const dialog = $("#refusal-dialog");
  if (!dialog) return;
  $("#refusal-body").innerHTML = html;
  added($("#refusal-body"));
  if (!dialog.open) dialog.showModal();
}

// --- toasts ----------------------------------------------------------------------------------
export function toast(text, { undo = "", tone = "green" } = {}) {
  const host = $("#toasts");
  const template = $("#toast-template");
  if (!host || !template || !text) return;
  const element = template.content.firstElementChild.cloneNode(true);
  element.querySelector(".grow").textContent = text;
  if (tone === "red") {
    element.className = "toast toast-red";
    const use = element.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#i-alert"));
  }
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.undo = undo;
    button.textContent = word("undo");
    element.querySelector("[data-close]").before(button);
  }
  host.append(element);
}
each("[data-toast]", (element) => {
  if (element.closest("template, .guide")) return;
  let timer;
  const wait = () => { timer = setTimeout(() => element.remove(), 8000); };
  element.addEventListener("mouseenter", () => clearTimeout(timer));
  element.addEventListener("mouseleave", wait);
  wait();
});
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) if (node.matches?.("[data-toast]")) added(node);
}).observe($("#toasts") ?? document.createElement("div"), { childList: true });
document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail));
on("click", "[data-undo]", async (event, button) => {
  button.disabled = true;
  button.dataset.key ??= newKey(); // an undo whose answer was lost is not done twice
  const response = await send(button.dataset.undo, { body: { key: button.dataset.key } }).catch(() => null);
  button.closest("[data-toast]")?.remove();
  if (response?.ok) {
    toast(word("undone"));
    document.body.dispatchEvent(new CustomEvent("undone", { bubbles: true }));
    for (const element of $$("[data-live]")) window.htmx?.trigger(element, "live");
  } else {
    toast(word("failed"), { tone: "red" });
  }
});
on("click", ".toast [data-close]", (event, button) => button.closest("[data-toast]").remove());

// --- dialogs -----------------------------------------------------------------------------------
on("click", "[data-dialog]", (event, opener) => {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  opener.closest("details[data-menu]")?.removeAttribute("open");
  if (!dialog.open) dialog.showModal();
});
on("click", "dialog [data-close]", (event, button) => button.closest("dialog").close());
on("click", "dialog", (event, dialog) => {
  if (event.target !== dialog || !dialog.open) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside && event.detail) dialog.close();
});
each("dialog[data-open]", (dialog) => dialog.showModal());
document.addEventListener("dialog:open", (event) => document.getElementById(event.detail.value)?.showModal());
document.addEventListener("dialog:close", () => $$("dialog[open]").forEach((dialog) => dialog.close()));

// --- menus: one open at a time, Escape closes, arrows walk ------------------------------------------
document.addEventListener("click", (event) => {
  for (const menu of $$("details[data-menu][open]")) if (!menu.contains(event.target)) menu.removeAttribute("open");
});
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
    event.stopPropagation();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step($$("a, button", menu.querySelector(".pop")), event.key === "ArrowDown" ? 1 : -1, document.activeElement)?.focus();
  }
});
function step(items, by, from) {
  const at = items.indexOf(from);
  return items[(at + by + items.length) % items.length] ?? items[0];
}

// --- finder ----------------------------------------------------------------------------------------
const finder = $("#finder");
export function openFinder() {
  if (!finder || finder.open) return;
  finder.showModal();
  const input = $("#finder-input");
  input.select();
  if (!$("#finder-results").childElementCount) window.htmx?.trigger(input, "find");
}
on("click", "[data-find]", (event) => {
  if (event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  openFinder();
});
const typed = () => $("#finder-input").value.trim().slice(0, 80);
const answered = () => ($("[data-asked]", $("#finder-results"))?.dataset.asked ?? null) === typed();
let opensFirst = false; // Enter was quicker than the answer
/** The link to go to: the next or last one, or the first one of the next or last group. */
function moved(links, at, key) {
  const by = key.endsWith("Down") ? 1 : -1;
  const groups = $$("[data-group]", $("#finder-results"));
  const items = key.startsWith("Page") ? groups : links;
  const from = key.startsWith("Page") ? at?.closest("[data-group]") : at;
  const next = step(items, by, from ?? (by > 0 ? null : items[0]));
  return next?.matches("a") ? next : next && $("a", next);
}
finder?.addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Enter"].includes(event.key) || event.isComposing) return;
  if (event.key === "Enter" && event.target.matches("a")) return;
  event.preventDefault();
  const links = $$("a", $("#finder-results"));
  const at = links.find((link) => link.classList.contains("at"));
  if (event.key === "Enter") {
    if (answered()) return (at ?? links[0])?.click();
    opensFirst = true;
    return window.htmx?.trigger("#finder-input", "find");
  }
  at?.classList.remove("at");
  const next = moved(links, at, event.key);
  next?.classList.add("at");
  next?.scrollIntoView({ block: "nearest" });
  if (next) $("#finder-input").setAttribute("aria-activedescendant", (next.id ||= `hit-${links.indexOf(next)}`));
});
finder?.addEventListener("htmx:afterSwap", () => {
  $("#finder-input").removeAttribute("aria-activedescendant");
  if (!opensFirst || !answered()) return;
  opensFirst = false;
  $("a", $("#finder-results"))?.click();
});
$("#finder-input")?.addEventListener("input", () => (opensFirst = false));

// --- theme: shown at once, kept by the server -----------------------------------------------------------
const system = matchMedia("(prefers-color-scheme: dark)");
const shown = () => {
  const theme = document.documentElement.dataset.theme;
  return theme === "system" ? (system.matches ? "dark" : "light") : theme;
};
function setTheme(theme, url) {
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  for (const button of $$('[data-theme-form] [name="theme"]')) {
    if (button.value === theme) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  if (url) send(url, { body: { theme } }).catch(() => {});
}
on("click", "[data-theme-switch]", (event, button) => setTheme(shown() === "dark" ? "light" : "dark", button.dataset.themeSwitch));
on("submit", "[data-theme-form]", (event, form) => {
  event.preventDefault();
  setTheme(event.submitter.value, form.action);
  form.closest("details")?.removeAttribute("open");
});

// --- menu: folded on desktops, a drawer on phones --------------------------------------------------------
on("click", "[data-fold]", () => {
  const folded = $("#app").classList.toggle("rail");
  document.cookie = `menu=${folded ? "rail" : "wide"}; path=/; max-age=31536000; samesite=lax`;
});
function drawer(open) {
  $("#app").classList.toggle("drawer-open", open);
  $(".bottom-tabs [data-drawer]")?.setAttribute("aria-expanded", String(open));
  ($(open ? ".side .drawer-close" : ".bottom-tabs [data-drawer]"))?.focus();
}
on("click", "[data-drawer]", () => drawer(!$("#app").classList.contains("drawer-open")));
document.addEventListener("click", (event) => {
  if (event.target.id === "app") drawer(false);
});

// --- keys ---------------------------------------------------------------------------------------------------
const printed = (event) => {
  const name = event.key === "Enter" ? "⏎" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return (event.ctrlKey || event.metaKey ? "Ctrl " : "") + name;
};
const typing = (element) => element.matches?.("input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.altKey) return;
  const key = printed(event);
  if (key === "Ctrl K") {
    event.preventDefault();
    return openFinder();
  }
  if (event.key === "Escape" && $("#app")?.classList.contains("drawer-open")) return drawer(false);
  if (key === "?" && !typing(event.target) && !$("dialog[open]")) return $("#keys-dialog")?.showModal();
  const alone = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
  if (alone && (typing(event.target) || event.shiftKey)) return;
  if (/^(F\d+|Ctrl .+|\d)$/.test(key)) press(key, event);
});
/** Presses the button on which the key is printed; in an open dialog only its own. */
function press(key, event) {
  const root = $("dialog[open]") ?? document;
  const named = $$("[data-key]", root).find((element) => element.dataset.key === key);
  const cap = $$("a kbd, button kbd, label kbd", root).find((element) => element.textContent.trim() === key && element.offsetParent);
  const target = named ?? cap?.closest("a, button, label");
  if (!target || target.disabled || target.closest("#finder")) return;
  event.preventDefault();
  target.click();
}

// --- things that keep themselves true -------------------------------------------------------------------------
const clock = (seconds) => `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}`;
function tick() {
  for (const element of $$("[data-countdown]")) {
    const left = (Date.parse(element.dataset.countdown) - Date.now()) / 1000;
    element.dataset.tone = left < 0 ? "red" : left < 7200 ? "amber" : "";
    $("strong", element).textContent = `${left < 0 ? element.dataset.over : element.dataset.left} ${clock(Math.abs(left))}`;
  }
  for (const element of $$("[data-clock]")) {
    const seconds = Number(element.dataset.seconds) + (Date.now() - Date.parse(element.dataset.clock)) / 1000;
    const big = element.classList.contains("clock");
    element.textContent = clock(seconds) + (big ? `:${String(Math.floor(seconds % 60)).padStart(2, "0")}` : "");
  }
}
tick();
setInterval(tick, 1000);

// --- picking rows -----------------------------------------------------------------------------------------------
function showPicked(scope) {
  const boxes = $$("[data-pick]", scope);
  const picked = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("tr")?.classList.toggle("selected", box.checked);
  for (const all of $$("[data-pick-all]", scope)) {
    all.checked = picked.length > 0 && picked.length === boxes.length;
    all.indeterminate = picked.length > 0 && picked.length < boxes.length;
  }
  for (const bulk of $$("[data-bulk]", scope)) {
    bulk.hidden = picked.length === 0;
    for (const count of $$("[data-picked]", bulk)) count.textContent = picked.length;
  }
}
on("change", "[data-pick], [data-pick-all]", (event, box) => {
  const scope = box.closest("form, .card") ?? document;
  if (box.matches("[data-pick-all]")) for (const other of $$("[data-pick]", scope)) other.checked = box.checked;
  showPicked(scope);
});

// --- small comforts ------------------------------------------------------------------------------------------------
on("change", ".option input", (event, input) => {
  for (const option of $$(".option", input.closest(".options"))) option.classList.toggle("on", $("input", option).checked);
});
on("change", "[data-submit-on-change]", (event, element) => element.form?.requestSubmit());
on("submit", "form", (event, form) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button || form.matches("[hx-post], [hx-get]") || form.method === "dialog") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  button.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 6000); // the answer may be a file, which leaves the page as it is
});
function release(form) {
  delete form.dataset.sent;
  for (const button of $$('[aria-busy="true"]', form)) button.removeAttribute("aria-busy");
}
addEventListener("pageshow", () => $$("form[data-sent]").forEach(release));

/* The tab one is on is in sight, however many there are. */
each(".tabs [aria-current], .segmented [aria-current]", (tab) => {
  const strip = tab.parentElement;
  if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
});

/* A panel that scrolls must be reachable with the keyboard even when nothing in it is. */
const FOCUSABLE = "a[href], button:not(:disabled), input, select, textarea, [tabindex]:not([tabindex='-1'])";
each(".scroll, .table-wrap, .column, .lane, .dialog-body", (panel) => {
  const look = () => {
    const overflows = panel.scrollHeight > panel.clientHeight + 1 || panel.scrollWidth > panel.clientWidth + 1;
    const scrolls = overflows && getComputedStyle(panel).overflowY !== "visible";
    if (scrolls && !panel.querySelector(FOCUSABLE)) panel.tabIndex = 0;
    else panel.removeAttribute("tabindex");
  };
  new ResizeObserver(look).observe(panel);
});
