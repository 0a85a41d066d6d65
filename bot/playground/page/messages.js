// Messages as bubbles. A bubble that has not changed keeps its elements, so that sound plays on.

import { fileUrl } from "./api.js";
import { formatted } from "./text.js";

const NAMES = { photo: "Photo", video: "Video", audio: "Audio", voice: "Voice message", document: "File",
  animation: "GIF", sticker: "Sticker", video_note: "Video message", contact: "Contact", location: "Location",
  poll: "Poll" };

/** Creates an element with attributes and children. */
export function el(tag, facts = {}, ...children) {
  const element = Object.assign(document.createElement(tag), facts);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Says in a few words what a message is, for lists and quotes. */
export const summary = (message) => message.text || message.caption || NAMES[message.kind] || "Message";

/** Puts `messages` in `place`; `handlers`: onLink, onCommand, onPress, onReply, onEdit. */
export function show(place, messages, handlers) {
  const old = new Map([...place.children].map((child) => [child.dataset.key, child]));
  const byId = new Map(messages.map((message) => [message.id, message]));
  const wanted = [];
  let day = "";
  for (const block of blocks(messages)) {
    const date = new Date(block[0].date * 1000).toLocaleDateString([], { day: "numeric", month: "long" });
    if (date !== day) wanted.push(kept(old, `day ${date}`, "", () => el("div", { className: "day" }, date)));
    day = date;
    const quoted = byId.get(block[0].reply_to) ?? null;
    const facts = JSON.stringify([block, quoted && summary(quoted)]);
    wanted.push(kept(old, `message ${block[0].id}`, facts, () => bubble(block, quoted, handlers)));
  }
  arrange(place, wanted);
}

/** Puts exactly `wanted` into `place`; what stays is not moved, for moving stops sound and is read out again. */
function arrange(place, wanted) {
  const staying = new Set(wanted);
  for (const child of [...place.children]) if (!staying.has(child)) child.remove();
  wanted.forEach((element, index) => {
    if (place.children[index] !== element) place.insertBefore(element, place.children[index] ?? null);
  });
}

function blocks(messages) {
  const found = [];
  for (const message of messages) {
    const last = found.at(-1);
    if (message.album && last?.[0].album === message.album) last.push(message);
    else found.push([message]);
  }
  return found;
}

function kept(old, key, facts, make) {
  const before = old.get(key);
  if (before && before.facts === facts) return before;
  const element = make();
  element.dataset.key = key;
  element.facts = facts;
  return element;
}

function bubble(block, quoted, handlers) {
  const message = block[0];
  const side = message.from_bot ? "theirs" : "mine";
  const withText = block.find((one) => one.text || one.caption);
  const media = block.filter((one) => one.file_id);
  const body = el("div", { className: "bubble" });
  if (quoted) body.append(el("div", { className: "quoted" }, el("b", {}, quoted.sender), el("span", {}, summary(quoted))));
  if (media.length) body.append(mediaOf(media));
  if (!media.length && message.kind !== "text") body.append(el("em", { className: "other" }, NAMES[message.kind] ?? message.kind));
  if (withText) {
    const words = formatted(withText.text || withText.caption, withText.entities, handlers.onLink, handlers.onCommand);
    body.append(el("div", { className: `words${isEdited(block) ? " edited" : ""}`, dir: "auto" }, words));
  } else {
    body.classList.add("bare");
  }
  body.append(meta(block));
  const article = el("article", { className: `message ${side}`, tabIndex: -1, ariaLabel: `${message.sender}:` },
    el("div", { className: "line" }, body, tools(withText ?? message, handlers)));
  if (message.keyboard.length) article.append(keyboard(message, handlers));
  return article;
}

/** A bot's screens change in place all the time; like Telegram's clients, say so of people's edits only. */
const isEdited = (block) => block.some((one) => one.edited && !one.from_bot);

function meta(block) {
  const date = new Date(block[0].date * 1000);
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const edited = isEdited(block) ? "edited " : "";
  return el("time", { dateTime: date.toISOString(), title: date.toLocaleString() }, edited + time);
}

function tools(message, handlers) {
  const buttons = el("div", { className: "tools" },
    el("button", { type: "button", textContent: "Reply", onclick: () => handlers.onReply(message) }));
  if (!message.from_bot && (message.text || message.caption)) {
    buttons.append(el("button", { type: "button", textContent: "Edit", onclick: () => handlers.onEdit(message) }));
  }
  return buttons;
}

function keyboard(message, handlers) {
  const rows = message.keyboard.map((row) => el("div", { className: "keys" }, ...row.map((button) => key(message, button, handlers))));
  return el("div", { className: "keyboard", role: "group", ariaLabel: "Buttons" }, ...rows);
}

function key(message, button, handlers) {
  const element = el("button", { type: "button", className: "key" }, button.text);
  if (button.url) element.classList.add("link");
  if (button.copy) element.classList.add("copy");
  element.addEventListener("click", async () => {
    if (button.url) return handlers.onLink(button.url);
    if (button.copy) return handlers.onCopy(button.copy);
    element.classList.add("busy");
    await handlers.onPress(message, button);
    setTimeout(() => element.classList.remove("busy"), 600);
  });
  return element;
}

function mediaOf(messages) {
  const pictures = messages.filter((one) => ["photo", "video", "animation"].includes(one.kind));
  if (pictures.length !== messages.length) return el("div", { className: "attached" }, ...messages.map(attached));
  return el("div", { className: `pictures of${Math.min(pictures.length, 4)}` }, ...pictures.map(attached));
}

function attached(message) {
  const src = fileUrl(message.file_id);
  const label = message.file_name ?? NAMES[message.kind];
  switch (message.kind) {
    case "photo":
    case "sticker":
      return broken(el("img", { src, alt: message.caption || label, loading: "lazy", className: message.kind }), label);
    case "animation":
      if (message.mime_type?.startsWith("image/")) return broken(el("img", { src, alt: label, loading: "lazy" }), label);
      return el("video", { src, muted: true, loop: true, autoplay: true, playsInline: true, ariaLabel: label });
    case "video":
    case "video_note":
      return el("video", { src, controls: true, preload: "metadata", className: message.kind, ariaLabel: label });
    case "audio":
    case "voice":
      return el("div", { className: "sound" }, el("span", {}, label), el("audio", { src, controls: true, preload: "none", ariaLabel: label }));
    default:
      return el("a", { href: src, download: message.file_name ?? "file", className: "file" },
        el("span", { className: "file-icon", ariaHidden: "true" }, "↓"), el("span", {}, label));
  }
}

/** A file that is no picture after all shows its name. */
function broken(image, label) {
  image.addEventListener("error", () => image.replaceWith(el("span", { className: "broken" }, label)), { once: true });
  return image;
}
