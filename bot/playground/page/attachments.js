// The files that are about to be sent: chosen, dropped or pasted.

import { byId, el } from "./elements.js";
import { size } from "./media.js";

export class Attachments {
  /** `changed` is called whenever files come or go. */
  constructor(changed) {
    this.changed = changed;
    this.files = [];
    byId("attach").addEventListener("change", (event) => { this.add(event.target.files); event.target.value = ""; });
    byId("text").addEventListener("paste", (event) => this.take(event, event.clipboardData));
    document.addEventListener("dragover", (event) => this.hover(event));
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) this.leave(); });
    document.addEventListener("drop", (event) => { this.leave(); this.take(event, event.dataTransfer); });
  }

  /** Whether pictures are to be sent as files, untouched. */
  get asDocuments() { return byId("as-documents")?.checked ?? false; }

  hover(event) {
    event.preventDefault();
    if (event.dataTransfer.types.includes("Files")) document.body.classList.add("dropping");
  }

  leave() { document.body.classList.remove("dropping"); }

  take(event, transfer) {
    if (!transfer?.files.length) return;
    event.preventDefault();
    this.add(transfer.files);
  }

  add(files) {
    if (byId("composer").hidden) return;
    this.set([...this.files, ...files]);
    byId("text").focus();
  }

  set(files, checked = this.asDocuments) {
    this.files = files;
    const hasPictures = files.some((file) => /^(image|video)\//.test(file.type));
    byId("files").hidden = !files.length;
    byId("files").replaceChildren(...files.map((file) => this.chip(file)), ...(hasPictures ? [asDocuments(checked)] : []));
    byId("text").placeholder = files.length ? "Add a caption" : "Message";
    this.changed();
  }

  chip(file) {
    const remove = el("button", { type: "button", ariaLabel: `Remove ${file.name}`, title: "Remove",
      onclick: () => { this.set(this.files.filter((other) => other !== file)); byId("text").focus(); } }, "✕");
    return el("span", { className: "chip" }, preview(file),
      el("span", { className: "chip-name" }, file.name), el("small", {}, size(file.size)), remove);
  }
}

function preview(file) {
  if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type)) return null;
  const image = el("img", { src: URL.createObjectURL(file), alt: "" });
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  return image;
}

const asDocuments = (checked) =>
  el("label", { className: "as-documents" }, el("input", { type: "checkbox", id: "as-documents", checked }), "Send as files, uncompressed");
