// What is being written: text, files, the message that is answered or edited.

import * as api from "./api.js";
import { Attachments } from "./attachments.js";
import { byId, el } from "./elements.js";
import { marked, parsed } from "./markup.js";
import { Menu } from "./menu.js";
import { summary } from "./messages.js";

const HEIGHT = 180; // pixels that the text box grows to
const LIMIT = 4096; // UTF-16 code units of a message

export class Composer {
  /** `person` returns who writes; `fail` shows an error; `commands` returns the command menu; `last` one's last message. */
  constructor({ person, fail, commands, last }) {
    Object.assign(this, { person, fail, last });
    this.context = null; // { kind: "reply" | "edit", message }
    this.drafts = new Map();
    this.attachments = new Attachments(() => this.fit());
    this.menu = new Menu({ commands, choose: (command) => { byId("text").value = command; this.send(); byId("text").focus(); } });
    byId("composer").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    byId("text").addEventListener("keydown", (event) => this.onKey(event));
    byId("text").addEventListener("input", () => { this.fit(); this.menu.suggest(byId("text").value); });
  }

  /** Keeps what one person was writing, and takes up what another was. */
  switchPerson(from, to) {
    this.drafts.set(from, this.context?.kind === "edit" ? "" : byId("text").value);
    this.setContext(null);
    byId("text").value = this.drafts.get(to) ?? "";
    this.attachments.set([]);
    this.menu.close();
    this.fit();
  }

  async send() {
    const typed = byId("text").value.trim();
    const { context } = this;
    const { asDocuments } = this.attachments;
    // What is edited takes no files: they wait for the next message.
    const files = context?.kind === "edit" ? [] : this.attachments.files;
    const person = this.person();
    if (!typed && !files.length) return;
    const { text, entities } = parsed(typed);
    if (text.length > LIMIT) return this.fail(new Error(`A message has at most ${LIMIT} characters; this one has ${text.length}.`));
    this.clear();
    try {
      if (context?.kind === "edit") await api.edit(person, context.message.id, text, entities);
      else if (files.length) await api.upload(person, files, text, entities, asDocuments, context?.message.id);
      else await api.say(person, text, entities, context?.message.id);
    } catch (error) {
      this.takeBack(person, { typed, files, asDocuments, context });
      this.fail(error);
    }
  }

  /** Nothing that was typed or chosen is lost, nor what has been typed since. */
  takeBack(person, { typed, files, asDocuments, context }) {
    const both = (since) => [typed, since].filter(Boolean).join("\n");
    if (person !== this.person()) {
      this.drafts.set(person, both(this.drafts.get(person)));
      return;
    }
    // A message that is being edited is still in the chat.
    const since = this.context?.kind === "edit" ? "" : byId("text").value;
    this.setContext(context);
    byId("text").value = both(since);
    this.attachments.set([...files, ...this.attachments.files], asDocuments);
    this.fit();
  }

  clear() {
    byId("text").value = "";
    if (this.context?.kind !== "edit") this.attachments.set([]);
    this.setContext(null);
    this.menu.close();
    this.fit();
  }

  onKey(event) {
    if (event.isComposing) return;
    const { menu } = this;
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "Escape") this.leave(event);
    else if (menu.isOpen && isPlain && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      menu.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (menu.isOpen && isPlain && event.key === "Tab" && menu.chosen) {
      event.preventDefault();
      byId("text").value = `${menu.chosen} `;
      menu.close();
      this.fit();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (menu.isOpen && menu.chosen) menu.choose(menu.chosen);
      else this.send();
    } else if (event.key === "ArrowUp" && isPlain && !byId("text").value && !this.context) {
      const message = this.last();
      if (message) { event.preventDefault(); this.setContext({ kind: "edit", message }); }
    }
  }

  leave(event) {
    if (!this.menu.isOpen && !this.context) return;
    event.stopPropagation();
    if (this.menu.isOpen) this.menu.close();
    else this.leaveContext();
  }

  fit() {
    const box = byId("text");
    box.style.height = "auto";
    // On a phone the box may be out of sight, where nothing has a height.
    if (box.scrollHeight) box.style.height = `${Math.min(box.scrollHeight, HEIGHT)}px`;
    byId("send").classList.toggle("ready", Boolean(box.value.trim() || this.attachments.files.length));
  }

  setContext(context) {
    const leavesEdit = this.context?.kind === "edit" && context?.kind !== "edit";
    this.context = context;
    const place = byId("context");
    place.hidden = context === null;
    if (leavesEdit) byId("text").value = "";
    if (!context) return;
    const { kind, message } = context;
    place.replaceChildren(
      el("div", {}, el("b", {}, kind === "edit" ? "Edit message" : `Reply to ${message.sender}`), el("span", {}, summary(message))),
      el("button", { type: "button", className: "round", ariaLabel: "Cancel", title: "Cancel (Esc)", onclick: () => this.leaveContext() }, "✕"));
    if (kind === "edit") byId("text").value = marked(message.text || message.caption, message.entities);
    this.fit();
    byId("text").focus();
  }

  leaveContext() {
    this.setContext(null);
    this.fit();
    byId("text").focus();
  }
}
