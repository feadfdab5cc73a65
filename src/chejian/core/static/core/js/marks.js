// Marks on the car: choose a kind, touch a panel; each mark is a panel and a place inside it.
import { $, $$, each } from "./lib.js";

const SVG = "http://www.w3.org/2000/svg";
const make = (name, attributes) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const RINGS = {
  scratch: () => make("path", { class: "ring", d: "M-16 9l32-18" }),
  dent: () => make("circle", { class: "ring", r: 17, "stroke-dasharray": "4 3" }),
  broken: () => make("path", { class: "ring", d: "M-14-14l28 28M14-14l-28 28" }),
  rust: () => make("circle", { class: "ring", r: 14, "stroke-dasharray": "1 4", "stroke-linecap": "round" }),
};
const round = (number) => Math.round(Math.min(1, Math.max(0, number)) * 1000) / 1000;

each("[data-marks]", (root) => {
  const svg = $("svg", root);
  const pins = $("[data-pins]", svg);
  const list = $("[data-mark-list]", root);
  const hidden = $('input[type="hidden"]', root);
  const kinds = $$('input[type="radio"]', root);
  const panelList = $("[data-panel-list]", root);
  const panels = new Map($$("[data-panel]", svg).map((panel) => [panel.dataset.panel, panel]));
  const words = new Map(kinds.map((input) => [input.value, $(`label[for="${input.id}"]`, root).textContent]));
  let marks = JSON.parse(hidden.value || "[]");

  const box = (id) => panels.get(id).dataset.box.split(" ").map(Number);
  const pin = (mark, index) => {
    const [left, top, width, height] = box(mark.panel);
    const group = make("g", { class: "mark", transform: `translate(${left + mark.x * width} ${top + mark.y * height})` });
    const text = make("text", { y: 4 });
    text.textContent = index + 1;
    group.append((RINGS[mark.kind] ?? RINGS.scratch)(), make("circle", { class: "pin", r: 9 }), text);
    return group;
  };
  const line = (mark, index) => {
    const item = document.createElement("li");
    const number = Object.assign(document.createElement("span"), { className: "number-mark", textContent: index + 1 });
    const name = Object.assign(document.createElement("b"), { textContent: panels.get(mark.panel).dataset.name });
    const kind = Object.assign(document.createElement("span"), { textContent: words.get(mark.kind) ?? "" });
    const note = Object.assign(document.createElement("input"), { className: "input input-28 grow", value: mark.note ?? "", placeholder: list.dataset.note });
    note.setAttribute("aria-label", `${name.textContent} ${list.dataset.note}`);
    note.setAttribute("form", "none");
    note.addEventListener("input", () => { mark.note = note.value; keep(); });
    const away = Object.assign(document.createElement("button"), { type: "button", className: "icon-button", textContent: "×" });
    away.setAttribute("aria-label", `${list.dataset.remove} ${index + 1}`);
    away.addEventListener("click", () => { marks.splice(index, 1); show(); keep(); panelList.focus(); });
    item.append(number, name, kind, note, away);
    return item;
  };
  const keep = () => {
    hidden.value = JSON.stringify(marks);
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = () => {
    marks = marks.filter((mark) => panels.has(mark.panel));
    pins.replaceChildren(...marks.map(pin));
    list.replaceChildren(...marks.map(line));
    root.dispatchEvent(new CustomEvent("marks:changed", { bubbles: true, detail: marks }));
  };
  const add = (panel, x, y) => {
    marks.push({ panel, x: round(x), y: round(y), kind: kinds.find((input) => input.checked)?.value ?? "scratch", note: "" });
    show();
    keep();
  };

  svg.addEventListener("click", (event) => {
    const panel = event.target.closest("[data-panel]");
    if (!panel) return;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const [left, top, width, height] = box(panel.dataset.panel);
    add(panel.dataset.panel, (point.x - left) / width, (point.y - top) / height);
  });
  $("[data-add-mark]", root).addEventListener("click", () => add(panelList.value, 0.5, 0.5));
  hidden.addEventListener("change", (event) => {
    if (event.isTrusted || JSON.stringify(marks) === hidden.value) return;
    marks = JSON.parse(hidden.value || "[]"); // a draft was restored
    show();
  });
  show();
});
