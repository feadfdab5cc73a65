// A session that expired asks for the password in place; the request is sent again afterwards.
import { $, onExpired, on, renewCsrf, csrf, word } from "./lib.js";

let asking = null;
let lastSeen = Date.now();

/** Resolves to true once the person is logged in again, to false when the dialog is closed. */
function ask() {
  asking ??= new Promise((resolve) => {
    const dialog = $("#reauth-dialog");
    if (!dialog) return resolve(false);
    const form = $("[data-reauth]", dialog);
    const error = $("[data-reauth-error]", dialog);
    const submit = async (event) => {
      event.preventDefault();
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-CSRFToken": csrf() },
        credentials: "same-origin",
      }).catch(() => null);
      if (!response?.ok) {
        const said = response?.headers.get("Content-Type")?.startsWith("text/plain") ? await response.text() : "";
        $("span", error).textContent = response ? said || word("wrong") : word("offline");
        error.hidden = false;
        form.password.select();
        return;
      }
      renewCsrf(response.headers.get("X-CSRFToken"));
      lastSeen = Date.now();
      finish(true);
    };
    const finish = (done) => {
      form.removeEventListener("submit", submit);
      dialog.removeEventListener("close", closed);
      form.reset();
      error.hidden = true;
      asking = null;
      if (dialog.open) dialog.close();
      resolve(done);
    };
    const closed = () => finish(false);
    form.addEventListener("submit", submit);
    dialog.addEventListener("close", closed);
    dialog.showModal();
  });
  return asking;
}
onExpired(ask);

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) lastSeen = Date.now();
});
document.addEventListener("htmx:beforeSwap", async (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status !== 401 || !xhr.getResponseHeader("X-Reauth")) return;
  event.detail.shouldSwap = false;
  event.detail.isError = false;
  if (!(await ask())) return;
  window.htmx.ajax(requestConfig.verb, requestConfig.path, {
    source: requestConfig.elt,
    target: requestConfig.target ?? event.detail.target,
    values: Object.fromEntries(requestConfig.formData ?? []),
  });
});

/* An ordinary form would be sent into the login page and lost: after a long silence ask first. */
on("submit", "form", async (event, form) => {
  const plain = form.method === "post" && !form.matches("[data-reauth], [hx-post], [data-theme-form]");
  if (!plain || event.defaultPrevented || form.dataset.checked || Date.now() - lastSeen < 300000) return;
  event.preventDefault();
  const button = event.submitter;
  delete form.dataset.sent;
  const answer = await fetch("/login/again/", { credentials: "same-origin" }).catch(() => null);
  if (answer?.status === 401 && !(await ask())) return;
  form.dataset.checked = "1";
  form.requestSubmit(button);
}, true);
