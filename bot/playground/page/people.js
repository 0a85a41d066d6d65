// The list of people: who one can be, what was said last, what is unread.

import { byId, el, icon, unseen } from "./elements.js";
import { summary } from "./messages.js";

let shown = "";

/** Shows the people; `handlers`: onChoose and onRename, both with a person. What is shown already stays as it is. */
export function showPeople(people, current, now, handlers) {
  const facts = JSON.stringify([people, current, new Date(now * 1000).toDateString()]);
  if (facts === shown) return;
  shown = facts;
  const focus = document.activeElement?.closest("#people button");
  const [id, kind] = [focus?.closest("li").dataset.id, focus?.className];
  byId("people").replaceChildren(...people.map((person) => item(person, person.id === current, now, handlers)));
  if (focus) byId("people").querySelector(`li[data-id="${id}"] button.${kind}`)?.focus();
  const elsewhere = people.filter((person) => person.id !== current).reduce((sum, person) => sum + person.unread, 0);
  byId("elsewhere").hidden = !elsewhere;
  byId("elsewhere").replaceChildren(count(elsewhere), unseen(" unread messages"));
  document.title = `${elsewhere ? `(${count(elsewhere)}) ` : ""}Syllabot playground`;
}

const letters = new Intl.Segmenter();

/** What a reader takes for the first letter; an emoji, a flag or a letter with its accents may be many code units. */
const initial = (name) => letters.segment(name ?? "")[Symbol.iterator]().next().value?.segment ?? "";

const count = (number) => (number > 99 ? "99+" : String(number));

function item(person, isCurrent, now, handlers) {
  const avatar = el("span", { className: "avatar", ariaHidden: "true" }, initial(person.first_name) + initial(person.last_name));
  avatar.dataset.hue = person.id % 6;
  const role = person.role ? el("i", { className: "role" }, person.role) : null;
  const when = person.last ? el("time", {}, moment(person.last.date, now)) : null;
  const last = el("span", { className: "last" }, person.last ? summary(person.last) : "no messages yet");
  const unread = person.unread && !isCurrent
    ? el("span", { className: "unread" }, count(person.unread), unseen(person.unread === 1 ? " unread message" : " unread messages"))
    : null;
  const choose = el("button", { type: "button", className: "choose", onclick: () => handlers.onChoose(person) }, avatar,
    el("span", { className: "about" },
      el("span", { className: "top" }, el("b", {}, person.name), role, when),
      el("span", { className: "bottom" }, last, unread)));
  if (isCurrent) choose.ariaCurrent = "true";
  const rename = el("button", { type: "button", className: "rename", title: "Rename", ariaLabel: `Rename ${person.name}`,
    onclick: () => handlers.onRename(person) }, icon("pencil"));
  const line = el("li", {}, choose, rename);
  line.dataset.id = person.id;
  return line;
}

/** The time of today's messages, the day of older ones. */
function moment(seconds, now) {
  const [date, today] = [new Date(seconds * 1000), new Date(now * 1000)];
  if (date.toDateString() === today.toDateString()) {
    return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }
  return date.toLocaleDateString([], { day: "numeric", month: "short" });
}

/** Asks for a person's names; calls `save` with them. Without a person, it is somebody new. */
export function askNames(person, save) {
  const dialog = byId("person");
  const form = dialog.querySelector("form");
  form.reset();
  byId("person-title").textContent = person ? `Rename ${person.name}` : "Add a person";
  byId("person-save").textContent = person ? "Save" : "Add";
  for (const name of ["first_name", "last_name", "language_code"]) form.elements[name].value = person?.[name] ?? "";
  form.elements.language_code.value ||= "en";
  dialog.returnValue = "";
  dialog.showModal();
  dialog.onclose = () => { if (dialog.returnValue === "save") save(Object.fromEntries(new FormData(form))); };
}
