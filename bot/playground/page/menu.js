// The bot's command menu: all of it by its button, what fits while a command is typed.

import { byId, el } from "./elements.js";

export class Menu {
  /** `commands` returns what the bot offers here; `choose` is called with a command to send. */
  constructor({ commands, choose }) {
    Object.assign(this, { commands, choose });
    byId("menu-button").addEventListener("click", () => this.toggle());
    document.addEventListener("click", (event) => { if (!event.target.closest("#menu, #menu-button, #text")) this.close(); });
  }

  get isOpen() { return !byId("menu").hidden; }

  /** The command that Enter and Tab take, or nothing. */
  get chosen() { return byId("menu").querySelector("[aria-selected=true]")?.dataset.command; }

  /** Offers what begins with what is typed. */
  suggest(typed) {
    if (/^\/\w*$/.test(typed)) this.open(typed);
    else this.close();
  }

  toggle() {
    if (this.isOpen) return this.close();
    this.open("/");
    byId("text").focus();
  }

  open(prefix) {
    const found = this.commands().filter(({ command }) => `/${command}`.startsWith(prefix.toLowerCase()));
    if (!found.length) return this.close();
    byId("menu").replaceChildren(...found.map((command, index) => this.option(command, index)));
    byId("menu").hidden = false;
    byId("menu").scrollTop = 0;
    byId("menu-button").ariaExpanded = "true";
    this.select(prefix === "/" ? -1 : 0);
  }

  option({ command, description }, index) {
    const item = el("li", { role: "option", id: `command-${index}`, ariaSelected: "false" },
      el("b", {}, `/${command}`), el("span", {}, description));
    item.dataset.command = `/${command}`;
    item.addEventListener("click", () => this.choose(item.dataset.command));
    return item;
  }

  close() {
    byId("menu").hidden = true;
    byId("menu-button").ariaExpanded = "false";
    byId("text").removeAttribute("aria-activedescendant");
  }

  /** Moves on by so many commands, round and round. */
  move(step) {
    const items = [...byId("menu").children];
    const at = items.findIndex((item) => item.ariaSelected === "true");
    this.select(at < 0 && step < 0 ? items.length - 1 : (at + step + items.length) % items.length);
  }

  select(index) {
    [...byId("menu").children].forEach((item, at) => { item.ariaSelected = String(at === index); });
    byId("menu").children[index]?.scrollIntoView({ block: "nearest" });
    if (index >= 0) byId("text").setAttribute("aria-activedescendant", `command-${index}`);
    else byId("text").removeAttribute("aria-activedescendant");
  }
}
