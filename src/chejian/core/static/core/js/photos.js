// Photos and videos: shrunk in the browser, a poster frame for videos, sent one after another;
// thumbnails open in place.
import { $, added, each, on, replaceById, send } from "./lib.js";
import { showRefusal, toast } from "./shell.js";

const LONGEST = 2560;

/** A photo of at most LONGEST pixels as JPEG; what cannot be read is sent as it is. */
async function shrink(file) {
  if (!file.type.startsWith("image/") || file.type === "image/gif") return file;
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!bitmap) return file;
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size < 3_000_000) return file;
  return frame(bitmap, bitmap.width * scale, bitmap.height * scale, file.name.replace(/\.\w+$/, "") + ".jpg");
}

function frame(source, width, height, name) {
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width), height: Math.round(height) });
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(new File([blob], name, { type: "image/jpeg" })), "image/jpeg", 0.85));
}

/** A frame near the beginning of a video, or nothing where the browser cannot play it. */
function poster(file) {
  return new Promise((resolve) => {
    const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, preload: "auto" });
    const done = (result) => { URL.revokeObjectURL(video.src); resolve(result); };
    const limit = setTimeout(() => done(null), 8000);
    video.addEventListener("loadeddata", () => { video.currentTime = Math.min(0.5, (video.duration || 1) / 2); });
    video.addEventListener("seeked", async () => {
      clearTimeout(limit);
      const scale = Math.min(1, 960 / Math.max(video.videoWidth, video.videoHeight, 1));
      done(await frame(video, video.videoWidth * scale, video.videoHeight * scale, "poster.jpg"));
    });
    video.addEventListener("error", () => { clearTimeout(limit); done(null); });
    video.src = URL.createObjectURL(file);
  });
}

async function upload(root, input, file) {
  const body = new FormData();
  body.append(input.name, await shrink(file));
  if (file.type.startsWith("video/")) {
    const picture = await poster(file);
    if (picture) body.append("poster", picture);
  }
  for (const [name, value] of Object.entries(JSON.parse(root.dataset.values ?? "{}"))) body.append(name, value);
  const response = await send(root.dataset.upload, { body }).catch(() => null);
  const html = response ? await response.text() : "";
  if (!response?.ok) {
    if (html.includes("data-refusal")) showRefusal(html);
    else toast(`${root.dataset.failed}: ${file.name}`, { tone: "red" });
    return false;
  }
  const target = root.dataset.target && document.querySelector(root.dataset.target);
  if (replaceById(html) === 0 && target && html) {
    target.insertAdjacentHTML("beforeend", html);
    added(target);
  }
  return true;
}

each("[data-upload]", (root) => {
  const input = $('input[type="file"]', root);
  const status = $('[role="status"]', root);
  input.addEventListener("change", async () => {
    const files = [...input.files];
    let sent = 0;
    for (const file of files) {
      status.textContent = `${root.dataset.sending} ${sent + 1}/${files.length}`;
      if (await upload(root, input, file)) sent += 1;
    }
    status.textContent = "";
    input.value = "";
    root.dispatchEvent(new CustomEvent("upload:done", { bubbles: true, detail: sent }));
  });
});

// --- looking at one -------------------------------------------------------------------------------
on("click", "a[data-view]", (event, link) => {
  if (event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  dialog.className = "viewer";
  const caption = $("img", link)?.alt ?? "";
  dialog.setAttribute("aria-label", caption);
  const view = link.hasAttribute("data-video")
    ? Object.assign(document.createElement("video"), { src: link.href, controls: true, autoplay: true, playsInline: true })
    : Object.assign(document.createElement("img"), { src: link.href, alt: caption });
  const foot = Object.assign(document.createElement("div"), { className: "viewer-foot" });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-28", textContent: "Esc" });
  close.addEventListener("click", () => dialog.close());
  foot.append(Object.assign(document.createElement("span"), { className: "grow", textContent: caption }), close);
  dialog.append(view, foot);
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  dialog.addEventListener("keydown", (key) => walk(key, link, dialog));
  document.body.append(dialog);
  dialog.showModal();
});
function walk(event, link, dialog) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  const all = [...(link.closest(".photos")?.querySelectorAll("a[data-view]") ?? [])];
  const to = all[all.indexOf(link) + by];
  if (!to) return;
  dialog.close();
  to.click();
}
on("click", "[data-remove]", async (event, button) => {
  if (!button.closest(".photo")) return;
  const response = await send(button.dataset.remove).catch(() => null);
  if (response?.ok) button.closest(".photo").remove();
});
