// Several methods in one payment: a method pressed takes what is left; pressed again it is let go.
const form = document.querySelector("[data-tenders]");

const fen = (text) => Math.round(Number.parseFloat(String(text).replace(/[,，\s]/g, "")) * 100) || 0;
const yuan = (amount) => (amount / 100).toFixed(2);

function parts() {
  return [...form.querySelectorAll("[data-tender]")].map((row) => ({
    row,
    code: row.dataset.tender,
    input: row.querySelector(`[name="${row.dataset.tender}"]`),
    button: form.querySelector(`[data-method="${row.dataset.tender}"]`),
  }));
}

function sum() {
  return parts().reduce((total, part) => total + fen(part.input.value), 0);
}

function show() {
  const total = sum();
  const due = fen(form.dataset.due);
  form.querySelector("[data-sum]").textContent = yuan(total);
  form.querySelector("[data-fits]").hidden = !due || total !== due;
  for (const part of parts()) {
    const on = part.row.dataset.on === "1";
    part.row.hidden = !on;
    part.row.classList.toggle("on", on);
    part.button.setAttribute("aria-pressed", String(on));
  }
}

function press(code) {
  const part = parts().find((one) => one.code === code);
  if (part.row.dataset.on === "1") {
    part.row.dataset.on = "";
    part.input.value = "";
  } else {
    part.row.dataset.on = "1";
    const rest = fen(form.dataset.due) - sum();
    part.input.value = rest > 0 ? yuan(rest) : "";
  }
  show();
  if (part.row.dataset.on === "1") {
    part.input.focus();
    part.input.select();
  }
}

if (form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-method]");
    if (button) press(button.dataset.method);
  });
  form.addEventListener("input", show);
  show();
}
