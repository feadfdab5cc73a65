// A pad to sign on: strokes are smoothed, the picture is a PNG on white in the hidden field.
import { $, each } from "./lib.js";

each("[data-signature]", (root) => {
  const canvas = $("canvas", root);
  const hidden = $('input[type="hidden"]', root);
  const hint = $(".signature-hint", root);
  const pad = $(".signature", root);
  const context = canvas.getContext("2d");
  let strokes = [];
  let current = null;
  let picture = null; // what was signed before a page came back or a draft was restored

  const size = () => {
    const ratio = Math.max(devicePixelRatio || 1, 2);
    const box = canvas.getBoundingClientRect();
    if (!box.width) return;
    canvas.width = Math.round(box.width * ratio);
    canvas.height = Math.round(box.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    redraw();
  };
  const redraw = () => {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = "#10181C";
    context.lineCap = context.lineJoin = "round";
    if (picture) context.drawImage(picture, 0, 0, canvas.getBoundingClientRect().width, canvas.getBoundingClientRect().height);
    for (const stroke of strokes) draw(stroke);
  };
  const draw = (points) => {
    context.lineWidth = 2.4;
    context.beginPath();
    context.moveTo(points[0].x, points[0].y);
    for (let i = 1; i < points.length - 1; i += 1) {
      const middle = { x: (points[i].x + points[i + 1].x) / 2, y: (points[i].y + points[i + 1].y) / 2 };
      context.quadraticCurveTo(points[i].x, points[i].y, middle.x, middle.y);
    }
    const end = points.at(-1);
    context.lineTo(end.x + 0.01, end.y);
    context.stroke();
  };
  const keep = () => {
    const signed = strokes.length > 0 || picture !== null;
    hidden.value = signed ? canvas.toDataURL("image/png") : "";
    hint.hidden = signed;
    pad.classList.toggle("done", signed);
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    current = [at(event)];
    strokes.push(current);
    hint.hidden = true;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current) return;
    for (const step of event.getCoalescedEvents?.() ?? [event]) current.push(at(step));
    redraw();
  });
  const finish = () => {
    if (!current) return;
    current = null;
    redraw();
    keep();
  };
  canvas.addEventListener("pointerup", finish);
  canvas.addEventListener("pointercancel", finish);
  $("[data-clear]", root).addEventListener("click", () => { strokes = []; picture = null; redraw(); keep(); });
  const restore = () => {
    if (!hidden.value.startsWith("data:image/png;base64,")) return;
    const image = new Image();
    image.addEventListener("load", () => {
      strokes = [];
      picture = image;
      hint.hidden = true;
      pad.classList.add("done");
      size();
    });
    image.src = hidden.value;
  };
  hidden.addEventListener("change", (event) => { if (!event.isTrusted && !strokes.length && !picture) restore(); });
  restore();
  new ResizeObserver(() => { if (!strokes.length || !hidden.value) size(); }).observe(canvas);
});
