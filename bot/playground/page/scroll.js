// The place in the chat: it stays at the end while one is there, and shows the way back when one is not.

import { byId } from "./elements.js";

const NEAR = 60; // pixels
let atEnd = true;
let [height, room] = [0, 0];

/** Goes to the newest message. */
export function toEnd() {
  byId("scroll").scrollTop = byId("scroll").scrollHeight;
  note();
}

export const isAtEnd = () => atEnd;

/** Shows a message that may be far away, or one of an album. */
export function jumpTo(id) {
  const element = byId("messages").querySelector(`.message[data-ids~="${id}"]`);
  if (!element) return;
  element.scrollIntoView({ block: "center" });
  element.classList.add("found");
  setTimeout(() => element.classList.remove("found"), 1500);
}

function note() {
  const { scrollHeight, scrollTop, clientHeight } = byId("scroll");
  // What grows or shrinks moves the place, too; that is nobody's wish to leave the end.
  const isResized = scrollHeight !== height || clientHeight !== room;
  [height, room] = [scrollHeight, clientHeight];
  atEnd = scrollHeight - scrollTop - clientHeight < NEAR || (atEnd && isResized);
  byId("to-end").hidden = atEnd;
}

/** Keeps the end in sight; `seen` is called whenever it comes into sight. */
export function wire(seen) {
  byId("scroll").addEventListener("scroll", () => { note(); if (atEnd) seen(); });
  byId("to-end").addEventListener("click", () => { toEnd(); byId("text").focus(); });
  // Neither a picture that is loaded late nor a growing text box may push the newest message out of sight.
  const keepAtEnd = new ResizeObserver(() => { if (atEnd) toEnd(); });
  keepAtEnd.observe(byId("scroll"));
  keepAtEnd.observe(byId("messages"));
}
