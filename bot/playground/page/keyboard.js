// The buttons under a message. One that was pressed waits until the bot has answered its query.

import { el } from "./elements.js";

// A bot that is away never answers, and Telegram's clients give up, too.
const PATIENCE_SECONDS = 30;
const waiting = new Map(); // query -> what ends the waiting
const early = new Set(); // queries that were answered before we knew their number
let asking = 0; // presses whose number we do not know yet

/** Ends the waiting for a query; one of another page, or that we gave up, is none of ours. */
export function answered(query) {
  if (asking && !waiting.has(query)) early.add(query);
  waiting.get(query)?.();
}

/** Returns a message's buttons; `handlers`: onPress returns the query's number, onLink, onCopy. */
export function keyboard(message, handlers) {
  const rows = message.keyboard.map((row) => el("div", { className: "keys" }, ...row.map((button) => key(message, button, handlers))));
  return el("div", { className: "keyboard", role: "group", ariaLabel: "Buttons" }, ...rows);
}

function key(message, button, handlers) {
  const element = el("button", { type: "button", className: "key" }, button.text);
  if (button.url) element.classList.add("link");
  if (button.copy) element.classList.add("copy");
  element.addEventListener("click", () => {
    if (button.url) handlers.onLink(button.url);
    else if (button.copy) handlers.onCopy(button.copy);
    else if (!element.classList.contains("busy")) press(element, () => handlers.onPress(message, button));
  });
  return element;
}

async function press(element, send) {
  element.classList.add("busy");
  element.ariaBusy = "true";
  asking += 1;
  const query = await send();
  asking -= 1;
  const answer = until(query);
  if (!asking) early.clear();
  await answer;
  element.classList.remove("busy");
  element.ariaBusy = null;
}

function until(query) {
  if (!query || early.delete(query)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => { clearTimeout(timer); waiting.delete(query); resolve(); };
    const timer = setTimeout(done, PATIENCE_SECONDS * 1000);
    waiting.set(query, done);
  });
}
