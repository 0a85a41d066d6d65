// What is being written: text, files, the message that is answered or edited.

import * as api from "./api.js";
import { el, summary } from "./messages.js";
import { parsed } from "./text.js";

const $ = (id) => document.getElementById(id);

export class Composer {
  /** `person` returns who writes; `fail` shows an error; `commands` returns the command menu. */
  constructor({ person, fail, commands }) {
    Object.assign(this, { person, fail, commands });
    this.files = [];
    this.context = null; // { kind: "reply" | "edit", message }
    this.drafts = new Map();
    $("composer").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    $("text").addEventListener("keydown", (event) => this.onKey(event));
    $("text").addEventListener("input", () => { this.fit(); this.suggest(); });
    $("attach").addEventListener("change", (event) => { this.add(event.target.files); event.target.value = ""; });
    $("menu-button").addEventListener("click", () => this.toggleMenu());
    $("text").addEventListener("paste", (event) => this.onDrop(event, event.clipboardData));
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => this.onDrop(event, event.dataTransfer));
    document.addEventListener("click", (event) => { if (!event.target.closest("#menu, #menu-button, #text")) this.closeMenu(); });
  }

  /** Keeps what one person was writing, and takes up what another was. */
  switchPerson(from, to) {
    this.drafts.set(from, $("text").value);
    $("text").value = this.drafts.get(to) ?? "";
    this.files = [];
    this.setContext(null);
    this.showFiles();
    this.closeMenu();
    this.fit();
  }

  async send() {
    const typed = $("text").value.trim();
    const { files, context } = this;
    if (!typed && !files.length) return;
    const { text, entities } = parsed(typed);
    this.clear();
    try {
      if (context?.kind === "edit") await api.edit(this.person(), context.message.id, text, entities);
      else if (files.length) await api.upload(this.person(), files, text, entities, this.asDocuments);
      else await api.say(this.person(), text, entities, context?.message.id);
    } catch (error) {
      $("text").value = typed;
      this.fail(error);
    }
  }

  clear() {
    this.asDocuments = $("as-documents")?.checked ?? false;
    $("text").value = "";
    this.files = [];
    this.setContext(null);
    this.showFiles();
    this.closeMenu();
    this.fit();
  }

  onKey(event) {
    if (event.isComposing) return;
    const option = $("menu").querySelector("[aria-selected=true]");
    if (event.key === "Escape") { this.closeMenu(); this.setContext(null); }
    if (!$("menu").hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (!$("menu").hidden && event.key === "Tab" && option) {
      event.preventDefault();
      $("text").value = `${option.dataset.command} `;
      this.closeMenu();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (!$("menu").hidden && option) option.click();
      else this.send();
    }
  }

  fit() {
    const box = $("text");
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
    $("send").classList.toggle("ready", Boolean(box.value.trim() || this.files.length));
  }

  setContext(context) {
    this.context = context;
    const place = $("context");
    place.hidden = context === null;
    if (!context) return;
    const title = context.kind === "edit" ? "Edit message" : `Reply to ${context.message.sender}`;
    place.replaceChildren(
      el("div", {}, el("b", {}, title), el("span", {}, summary(context.message))),
      el("button", { type: "button", className: "quiet", ariaLabel: "Cancel", onclick: () => this.leaveContext() }, "✕"));
    if (context.kind === "edit") $("text").value = context.message.text || context.message.caption;
    this.fit();
    $("text").focus();
  }

  leaveContext() {
    if (this.context?.kind === "edit") $("text").value = "";
    this.setContext(null);
    this.fit();
  }

  onDrop(event, transfer) {
    if (!transfer?.files.length) return;
    event.preventDefault();
    this.add(transfer.files);
  }

  add(files) {
    this.files = [...this.files, ...files];
    this.showFiles();
    this.fit();
    $("text").focus();
  }

  showFiles() {
    const place = $("files");
    place.hidden = !this.files.length;
    const chips = this.files.map((file, index) => el("span", { className: "chip" }, file.name,
      el("button", { type: "button", ariaLabel: `Remove ${file.name}`, onclick: () => this.removeFile(index) }, "✕")));
    const asDocuments = el("label", { className: "as-documents" },
      el("input", { type: "checkbox", id: "as-documents" }), "Send without compression, as files");
    place.replaceChildren(...chips, ...(this.files.some((file) => /^(image|video)\//.test(file.type)) ? [asDocuments] : []));
    $("text").placeholder = this.files.length ? "Add a caption" : "Message";
  }

  removeFile(index) {
    this.files = this.files.filter((_, at) => at !== index);
    this.showFiles();
    this.fit();
  }

  suggest() {
    const typed = $("text").value;
    if (/^\/\w*$/.test(typed)) this.openMenu(typed);
    else this.closeMenu();
  }

  toggleMenu() {
    if ($("menu").hidden) this.openMenu("/");
    else this.closeMenu();
  }

  openMenu(prefix) {
    const found = this.commands().filter(({ command }) => `/${command}`.startsWith(prefix));
    if (!found.length) return this.closeMenu();
    $("menu").replaceChildren(...found.map(({ command, description }, index) => {
      const item = el("li", { role: "option", ariaSelected: String(prefix !== "/" && index === 0) },
        el("b", {}, `/${command}`), el("span", {}, description));
      item.dataset.command = `/${command}`;
      item.addEventListener("click", () => { $("text").value = item.dataset.command; this.send(); $("text").focus(); });
      return item;
    }));
    $("menu").hidden = false;
    $("menu-button").ariaExpanded = "true";
  }

  closeMenu() {
    $("menu").hidden = true;
    $("menu-button").ariaExpanded = "false";
  }

  move(step) {
    const items = [...$("menu").children];
    const at = items.findIndex((item) => item.ariaSelected === "true");
    const next = (at + step + items.length + (at < 0 && step < 0 ? 1 : 0)) % items.length;
    items.forEach((item, index) => { item.ariaSelected = String(index === next); });
    items[next].scrollIntoView({ block: "nearest" });
  }
}
