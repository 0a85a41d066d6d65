// What is attached to messages: pictures in a grid, films, sounds, files.

import { fileUrl } from "./api.js";
import { byId, el, icon } from "./elements.js";

export const NAMES = { photo: "Photo", video: "Video", audio: "Audio", voice: "Voice message", document: "File",
  animation: "GIF", sticker: "Sticker", video_note: "Video message", contact: "Contact", location: "Location",
  venue: "Place", poll: "Poll", dice: "Dice", game: "Game", story: "Story", other: "Message" };
const PICTURES = ["photo", "video", "animation"];

/** Returns the files of one message, or of the messages of an album. */
export function mediaOf(messages) {
  const pictures = messages.filter((one) => PICTURES.includes(one.kind));
  if (pictures.length !== messages.length) return el("div", { className: "attached" }, ...messages.map(attached));
  return el("div", { className: `pictures of${Math.min(pictures.length, 10)}` }, ...pictures.map(covered));
}

/** A picture that is to be a surprise is veiled until it is clicked. */
function covered(message) {
  const picture = attached(message);
  if (!message.hidden) return picture;
  const veil = el("button", { type: "button", className: "veil", ariaLabel: "Hidden picture, press to show" });
  const frame = el("div", { className: "veiled" }, picture, veil);
  veil.addEventListener("click", () => { veil.remove(); frame.classList.remove("veiled"); });
  return frame;
}

function attached(message) {
  const src = fileUrl(message.file_id);
  const label = message.title ?? message.file_name ?? NAMES[message.kind];
  switch (message.kind) {
    case "photo":
      return photo(src, message.caption || label);
    case "sticker":
      return broken(el("img", { src, alt: label, loading: "lazy", className: "sticker" }), label);
    case "animation":
      if (message.mime_type?.startsWith("image/")) return broken(el("img", { src, alt: label, loading: "lazy" }), label);
      return el("video", { src, muted: true, loop: true, autoplay: true, playsInline: true, ariaLabel: label });
    case "video":
    case "video_note":
      return el("video", { src, controls: true, preload: "metadata", className: message.kind, ariaLabel: label });
    case "audio":
    case "voice":
      return sound(src, label, message);
    default:
      return file(src, label, message);
  }
}

function photo(src, label) {
  const image = broken(el("img", { src, alt: label, loading: "lazy" }), label);
  const button = el("button", { type: "button", className: "photo", title: "Show larger" }, image);
  button.addEventListener("click", () => {
    Object.assign(byId("viewer-picture"), { src, alt: label });
    byId("viewer").showModal();
  });
  return button;
}

/** A file that is no picture after all shows its name. */
function broken(image, label) {
  image.addEventListener("error", () => image.replaceWith(el("span", { className: "broken" }, label)), { once: true });
  return image;
}

function sound(src, label, message) {
  const facts = [label, lasting(message.duration), size(message.file_size)].filter(Boolean).join(" · ");
  return el("div", { className: "sound" }, el("span", {}, facts),
    el("audio", { src, controls: true, preload: "none", ariaLabel: label }));
}

function file(src, label, message) {
  const kind = message.file_name?.includes(".") ? message.file_name.split(".").at(-1).toUpperCase().slice(0, 4) : "";
  return el("a", { href: src, download: message.file_name ?? "file", className: "file", title: "Save" },
    el("span", { className: "file-icon" }, icon("file")),
    el("span", { className: "file-facts" }, el("span", { className: "file-name" }, label),
      el("span", { className: "file-size" }, [size(message.file_size), kind].filter(Boolean).join(" · "))));
}

/** Says how large something is, in the units of files. */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  const units = ["bytes", "kB", "MB"];
  const step = bytes < 1024 ? 0 : bytes < 1024 * 1024 ? 1 : 2;
  const number = bytes / 1024 ** step;
  return `${step && number < 10 ? number.toFixed(1) : Math.round(number)} ${units[step]}`;
}

function lasting(seconds) {
  if (!seconds) return "";
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
