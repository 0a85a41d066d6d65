// What is said beside the chat: passing lines, alerts, and questions that want a yes.

import { byId, el } from "./elements.js";

const TOAST_SECONDS = 4;

/** Shows a line that passes by itself. */
export function toast(text) {
  const element = el("div", { className: "toast" }, text);
  byId("toasts").append(element);
  setTimeout(() => element.remove(), TOAST_SECONDS * 1000);
}

/** Shows why something could not be done. */
export function fail(error) {
  toast(error instanceof TypeError ? "The playground does not answer. Is it still running?" : error.message);
}

/** Shows a text that stays until it is closed. */
export function alert(text) {
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}

/** Returns whether the person says yes. */
export function ask(title, text, yes) {
  const dialog = byId("question");
  byId("question-title").textContent = title;
  byId("question-text").textContent = text;
  byId("question-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => { dialog.onclose = () => resolve(dialog.returnValue === "yes"); });
}
