// What the other modules share: words of the page, elements that come later, fetching.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** A translated word from the page; `{name}` is filled in. */
export function word(key, values = {}) {
  const text = $("#words")?.dataset[key] ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Calls `start` for each matching element now and for those that HTMX brings later, once each. */
export function each(selector, start) {
  const begun = new WeakSet();
  const look = (root) => {
    const found = root.matches?.(selector) ? [root, ...$$(selector, root)] : $$(selector, root);
    for (const element of found) {
      if (begun.has(element)) continue;
      begun.add(element);
      start(element);
    }
  };
  const begin = () => look(document);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
  document.addEventListener("htmx:load", (event) => look(event.detail.elt ?? event.target));
  document.addEventListener("chejian:added", (event) => look(event.target));
}

/** Listens once for the whole document: elements that come later are covered. */
export function on(type, selector, act, options) {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target.closest?.(selector);
      if (element) act(event, element);
    },
    options,
  );
}

/** A key of one's own. Not crypto.randomUUID: browsers refuse it in a shop's network, without https. */
export function newKey() {
  const digits = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

export const csrf = () => $('meta[name="csrf-token"]')?.content ?? "";

export function renewCsrf(token) {
  if (!token) return;
  const meta = $('meta[name="csrf-token"]');
  if (meta) meta.content = token;
  for (const input of $$('input[name="csrfmiddlewaretoken"]')) input.value = token;
}

let askPassword = null;
export const onExpired = (ask) => { askPassword = ask; };

/**
 * fetch with the token, and with the password asked in place when the session has expired.
 * Rejects only when the server cannot be reached.
 */
export async function send(url, { method = "POST", body = null, headers = {} } = {}) {
  const data = body && !(body instanceof FormData) && !(body instanceof Blob) ? new URLSearchParams(body) : body;
  const attempt = () =>
    fetch(url, {
      method,
      body: method === "GET" ? null : data,
      headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch", ...headers },
      credentials: "same-origin",
    });
  let response = await attempt();
  if (response.status === 401 && response.headers.get("X-Reauth") && askPassword) {
    if (await askPassword()) response = await attempt();
  }
  runTriggers(response.headers.get("HX-Trigger"));
  return response;
}

function runTriggers(header) {
  if (!header) return;
  let events;
  try {
    events = header.startsWith("{") ? JSON.parse(header) : Object.fromEntries(header.split(",").map((name) => [name.trim(), {}]));
  } catch {
    return;
  }
  for (const [name, detail] of Object.entries(events)) {
    const plain = detail !== null && typeof detail === "object" ? detail : { value: detail };
    document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: plain }));
  }
}

/** Replaces each element of `html` that has an id by its namesake on the page. Returns how many. */
export function replaceById(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  let count = 0;
  for (const fresh of [...template.content.children]) {
    const old = fresh.id && document.getElementById(fresh.id);
    if (!old) continue;
    old.replaceWith(fresh);
    added(fresh);
    count += 1;
  }
  return count;
}

/** Tells HTMX and our own modules of elements put in by hand. */
export function added(element) {
  window.htmx?.process(element);
  element.dispatchEvent(new CustomEvent("chejian:added", { bubbles: true }));
}

export function announce(text) {
  const place = $("#announcer");
  if (place) place.textContent = text;
}
