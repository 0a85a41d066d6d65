// Messages as bubbles. A bubble that has not changed keeps its elements, so that sound plays on.

import { el } from "./elements.js";
import { keyboard } from "./keyboard.js";
import { mediaOf, NAMES } from "./media.js";
import { formatted } from "./text.js";

/** Says in a few words what a message is, for lists and quotes. */
export const summary = (message) => message.text || message.caption || NAMES[message.kind];

/** Puts `messages` in `place`; `handlers`: onLink, onCommand, onPress, onCopy, onReply, onEdit, onDelete, onJump. */
export function show(place, messages, handlers) {
  const old = new Map([...place.children].map((child) => [child.dataset.key, child]));
  const byId = new Map(messages.map((message) => [message.id, message]));
  const focus = focused(place);
  const wanted = [];
  let day = "";
  const all = blocks(messages);
  all.forEach((block, index) => {
    const date = dayOf(block[0]);
    if (date !== day) wanted.push(kept(old, `day ${date}`, "", () => el("div", { className: "day" }, date)));
    day = date;
    const quoted = byId.get(block[0].reply_to) ?? null;
    const facts = JSON.stringify([block, quoted && summary(quoted)]);
    const element = kept(old, `message ${block[0].id}`, facts, () => bubble(block, quoted, handlers));
    element.classList.toggle("goes-on", isFollowed(block, all[index + 1]));
    wanted.push(element);
  });
  arrange(place, wanted);
  restore(place, focus);
}

/** Whether the next bubble is said by the same side, in the same breath. */
function isFollowed(block, next) {
  return Boolean(next) && next[0].from_bot === block[0].from_bot && dayOf(next[0]) === dayOf(block[0]);
}

function dayOf(message) {
  const date = new Date(message.date * 1000);
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString([], { day: "numeric", month: "long", year });
}

/** Puts exactly `wanted` into `place`; what stays is not moved, for moving stops sound. */
function arrange(place, wanted) {
  const staying = new Set(wanted);
  for (const child of [...place.children]) if (!staying.has(child)) child.remove();
  wanted.forEach((element, index) => {
    if (place.children[index] !== element) place.insertBefore(element, place.children[index] ?? null);
  });
}

const reachable = (message) => [message, ...message.querySelectorAll("a, button, audio, video")];

/** Returns where the keyboard is, so that a message that changes under one's fingers does not lose it. */
function focused(place) {
  const message = document.activeElement?.closest(".message");
  if (!message || !place.contains(message)) return null;
  return { key: message.dataset.key, index: reachable(message).indexOf(document.activeElement) };
}

function restore(place, focus) {
  if (!focus || place.contains(document.activeElement)) return;
  const message = [...place.children].find((child) => child.dataset.key === focus.key) ?? place.lastElementChild;
  if (!message) return;
  const inside = reachable(message);
  (inside[Math.min(focus.index, inside.length - 1)] ?? message).focus({ preventScroll: true });
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
  const withText = block.find((one) => one.text || one.caption);
  const media = block.filter((one) => one.file_id);
  const body = el("div", { className: "bubble" });
  if (message.reply_to) body.append(quote(quoted, handlers));
  if (media.length) body.append(mediaOf(media));
  if (!media.length && message.kind !== "text") body.append(el("em", { className: "other" }, NAMES[message.kind]));
  if (withText) {
    const words = formatted(withText.text || withText.caption, withText.entities, handlers);
    body.append(el("div", { className: `words${isEdited(block) ? " edited" : ""}`, dir: "auto" }, words));
  } else {
    body.classList.add("bare");
  }
  body.append(meta(block));
  const side = message.from_bot ? "theirs" : "mine";
  const article = el("article", { className: `message ${side}`, tabIndex: -1, ariaLabel: `${message.sender}, ${timeOf(message)}` },
    el("div", { className: "line" }, body, tools(block, withText ?? message, handlers)));
  article.dataset.ids = block.map((one) => one.id).join(" ");
  if (message.keyboard.length) article.append(keyboard(message, handlers));
  return article;
}

function quote(quoted, handlers) {
  if (!quoted) return el("div", { className: "quoted" }, el("span", {}, "Deleted message"));
  return el("button", { type: "button", className: "quoted", title: "Show", onclick: () => handlers.onJump(quoted) },
    el("b", {}, quoted.sender), el("span", {}, summary(quoted)));
}

/** A bot's screens change in place all the time; like Telegram's clients, do not say so of what has buttons. */
const isEdited = (block) => block.some((one) => one.edited && !(one.from_bot && one.keyboard.length));

const timeOf = (message) =>
  new Date(message.date * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function meta(block) {
  const date = new Date(block[0].date * 1000);
  const edited = isEdited(block) ? "edited " : "";
  return el("time", { dateTime: date.toISOString(), title: date.toLocaleString() }, edited + timeOf(block[0]));
}

/** What one can do with a message; by keyboard, its first letter does it while the message has the focus. */
function tools(block, message, handlers) {
  const acts = [["Reply", "r", () => handlers.onReply(message)]];
  if (message.text || message.caption) acts.push(["Copy", "c", () => handlers.onCopy(message.text || message.caption)]);
  if (!message.from_bot && (message.text || message.caption)) acts.push(["Edit", "e", () => handlers.onEdit(message)]);
  if (!message.from_bot) acts.push(["Delete", "Delete", () => handlers.onDelete(block)]);
  return el("div", { className: "tools" }, ...acts.map(([name, key, onclick]) => {
    const button = el("button", { type: "button", tabIndex: -1, onclick, ariaKeyShortcuts: key }, name);
    button.dataset.key = key;
    return button;
  }));
}
