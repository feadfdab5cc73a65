// What one person does, the others see: one EventSource per page, elements ask for themselves anew.
import { $, $$ } from "./lib.js";

const url = $('meta[name="events-url"]')?.content;
const token = $('meta[name="events-token"]')?.content;
let source = null;
let pause = 1000;
let missed = false;

/** Elements that named the kind, or kind:id, in data-live ask for themselves once. */
function touch(kind, id) {
  for (const element of $$("[data-live]")) {
    const wanted = element.dataset.live.split(/\s+/);
    if (!wanted.includes(kind) && !wanted.includes(`${kind}:${id}`)) continue;
    clearTimeout(element.liveTimer);
    element.liveTimer = setTimeout(() => {
      window.htmx?.trigger(element, "live");
      window.htmx?.trigger(element, `live:${kind}`);
      element.dispatchEvent(new CustomEvent("chejian:live", { bubbles: true, detail: { kind, id } }));
    }, 60 + Math.random() * 200);
  }
}

function listen() {
  source = new EventSource(`${url}?token=${encodeURIComponent(token)}`);
  source.onopen = () => {
    pause = 1000;
    document.documentElement.dataset.online = "yes";
    if (missed) for (const element of $$("[data-live]")) window.htmx?.trigger(element, "live");
    missed = false;
  };
  source.onmessage = (event) => {
    let note;
    try {
      note = JSON.parse(event.data);
    } catch {
      return;
    }
    touch(note.kind, String(note.id ?? ""));
  };
  source.onerror = () => {
    missed = true;
    delete document.documentElement.dataset.online;
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(listen, pause);
    pause = Math.min(pause * 2, 30000);
  };
}

if (url && token) {
  listen();
  addEventListener("pagehide", () => source?.close());
}
export { touch };
