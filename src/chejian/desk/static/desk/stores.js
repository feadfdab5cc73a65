// Scans are sent one after another, each with a key of its own: two pieces scanned fast are two.
const queue = [];
let busy = false;

/* crypto.randomUUID is there on loopback and https only; a counter on the LAN has neither. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function next() {
  const form = document.querySelector("[data-scan-form]");
  if (busy || !queue.length || !form) return;
  busy = true;
  const values = { ...queue.shift(), order: form.elements.order.value, tab: form.elements.tab.value };
  const receiver = document.getElementById("receiver");
  if (receiver) values.receiver = receiver.value;
  try {
    await window.htmx.ajax("POST", form.action, { values, target: "#counter", swap: "outerHTML" });
  } finally {
    busy = false;
    document.getElementById("scan-code")?.focus();
    next();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-scan-form]")) {
    event.preventDefault();
    const code = form.elements.code.value.trim();
    form.elements.code.value = "";
    if (code) queue.push({ code, key: newKey() });
    next();
  } else if (form.matches("[data-issue-form]")) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    const receiver = document.getElementById("receiver");
    if (receiver) values.receiver = receiver.value;
    window.htmx.ajax("POST", form.action, { values, target: "#counter", swap: "outerHTML" });
  }
});

document.getElementById("scan-code")?.focus();
