// The page by keyboard: what each key does, and the list of them.

import { byId, el } from "./elements.js";
import { EXAMPLES } from "./markup.js";

const KEYS = [
  ["Alt 1 … 9", "be another person"], ["Alt ↑, Alt ↓", "the one above, below"], ["/", "commands"],
  ["Enter", "send"], ["Shift Enter", "new line"], ["↑", "edit what you said last"],
  ["Ctrl ↑", "to the newest message"], ["↑, ↓", "from message to message"],
  ["R, C, E, Del", "reply to it, copy, edit, delete it"], ["Esc", "back to the text"],
  ["Alt C", "Bot API calls"], ["Alt T", "light or dark"], ["?", "this list"],
];

/** Fills the list, and lets keys do what they say; `acts`: chooseAt, step, calls, theme. */
export function wire(acts) {
  const lines = (pairs, tag) => pairs.flatMap(([what, does]) => [el("dt", {}, el(tag, {}, what)), el("dd", {}, does)]);
  byId("key-list").append(...lines(KEYS, "kbd"));
  byId("markup-list").append(...lines(EXAMPLES, "code"));
  byId("keys").addEventListener("click", () => byId("keys-dialog").showModal());
  document.addEventListener("keydown", (event) => onKey(event, acts));
  byId("scroll").addEventListener("keydown", onMessageKey);
  byId("people").addEventListener("keydown", onPeopleKey);
}

function onKey(event, acts) {
  if (document.querySelector("dialog[open]")) return;
  if (event.altKey && !event.ctrlKey && onAlt(event, acts)) event.preventDefault();
  else if (event.ctrlKey && event.key === "ArrowUp") go(event, newest());
  else if (event.key === "Escape") go(event, byId("text"));
  else if (!event.target.matches("textarea, input")) onFreeKey(event);
}

function onAlt(event, acts) {
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (digit) acts.chooseAt(Number(digit[1]) - 1);
  else if (event.key === "ArrowUp") acts.step(-1);
  else if (event.key === "ArrowDown") acts.step(1);
  else if (event.code === "KeyC") acts.calls();
  else if (event.code === "KeyT") acts.theme();
  else return false;
  return true;
}

function onFreeKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") { event.preventDefault(); byId("keys-dialog").showModal(); }
  if (event.key === "/" && !byId("composer").hidden) {
    go(event, byId("text"));
    if (!byId("text").value) byId("text").value = "/";
    byId("text").dispatchEvent(new Event("input"));
  }
}

const newest = () => [...byId("messages").querySelectorAll(".message")].at(-1);

/** Up and down go from message to message; a letter does what the message's tool of that letter does. */
function onMessageKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("audio, video")) return;
  const message = event.target.closest(".message");
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    const all = [...byId("messages").querySelectorAll(".message")];
    const at = all.indexOf(message);
    const next = message ? all[at + (event.key === "ArrowUp" ? -1 : 1)] : all.at(-1);
    go(event, next ?? (event.key === "ArrowDown" ? byId("text") : message));
  } else if (message && event.target === message) {
    const tool = message.querySelector(`.tools [data-key="${CSS.escape(event.key.length === 1 ? event.key.toLowerCase() : event.key)}"]`);
    if (tool) { event.preventDefault(); tool.click(); }
  }
}

function onPeopleKey(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || event.altKey) return;
  const all = [...byId("people").querySelectorAll(".choose")];
  go(event, all[all.indexOf(event.target.closest("li")?.querySelector(".choose")) + step]);
}

function go(event, element) {
  if (!element) return;
  event.preventDefault();
  element.focus();
}
