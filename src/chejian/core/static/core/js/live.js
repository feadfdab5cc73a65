// What one person does, the others see: one EventSource per page, elements ask for themselves anew.
// An event is a kind ("order.started") and the id of its subject; an element names in data-live what
// concerns it: "order.started", "order", "order:12" or ":12" (anything about 12).
import { $, $$ } from "./lib.js";

let source = null;
let pause = 1000;
let missed = false;

const meta = (name) => $(`meta[name="${name}"]`)?.content ?? "";

function wants(element, kind, id) {
  const noun = kind.split(".")[0];
  const known = [kind, noun, `${kind}:${id}`, `${noun}:${id}`, `:${id}`];
  return element.dataset.live.split(/\s+/).some((token) => known.includes(token));
}

/* A little later and not all browsers at once; several events make one request. */
function refresh(element, kind) {
  clearTimeout(element.liveTimer);
  element.liveTimer = setTimeout(() => {
    if (!element.isConnected) return;
    window.htmx?.trigger(element, "live", { kind });
    window.htmx?.trigger(element, `live:${kind}`, { kind });
  }, 60 + Math.random() * 200);
}

export function touch(kind, id) {
  for (const element of $$("[data-live]")) if (wants(element, kind, id)) refresh(element, kind);
}

function refreshAll() {
  for (const element of $$("[data-live]")) refresh(element, "resync");
}

function hear(event) {
  let note;
  try {
    note = JSON.parse(event.data);
  } catch {
    return;
  }
  touch(String(note.k ?? ""), String(note.id ?? ""));
}

/* The note of the page has run out: take the new one from the page as it is now. */
async function renew() {
  source.close();
  const response = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector('meta[name="events-token"]')?.content;
  if (!fresh) return;
  $('meta[name="events-token"]').content = fresh;
  missed = true;
  listen();
}

function listen() {
  source = new EventSource(`${meta("events-url")}?token=${encodeURIComponent(meta("events-token"))}`);
  source.onopen = () => {
    pause = 1000;
    document.documentElement.dataset.line = "on";
    if (missed) refreshAll();
    missed = false;
  };
  source.onmessage = hear;
  source.addEventListener("resync", refreshAll);
  source.addEventListener("expired", renew);
  source.onerror = () => {
    missed = true;
    document.documentElement.dataset.line = "off";
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(listen, pause);
    pause = Math.min(pause * 2, 30000);
  };
}

document.addEventListener("chejian:stale", refreshAll); // something was done that this page has not heard of

if (meta("events-url") && meta("events-token")) {
  listen();
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) { missed = true; listen(); } });
}
