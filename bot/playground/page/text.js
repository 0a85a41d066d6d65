// Text and its entities, as elements of the page.
// Offsets are UTF-16 code units, which is how JavaScript counts, too.

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span", custom_emoji: "span",
  mention: "span", text_mention: "span", hashtag: "span", cashtag: "span", phone_number: "span",
  url: "a", text_link: "a", email: "a", bot_command: "a",
};

const BLOCKS = ["pre", "blockquote", "expandable_blockquote"];

/** Returns a fragment with `text` formatted; nothing in it is ever read as HTML. `handlers`: onLink, onCommand, onCopy. */
export function formatted(text, entities, handlers) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return range(text, 0, text.length, ordered, handlers);
}

function range(text, begin, end, entities, handlers) {
  const fragment = document.createDocumentFragment();
  const waiting = [...entities];
  let at = begin;
  while (waiting.length) {
    const entity = waiting.shift();
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset >= end || stop <= at) continue;
    const from = Math.max(entity.offset, at);
    fragment.append(text.slice(at, from));
    const inner = waiting.filter((other) => other.offset < stop);
    const element = made(entity, text.slice(from, stop), handlers);
    element.append(range(text, from, stop, inner, handlers));
    fragment.append(element);
    // The line break after a block is the block's own end, not an empty line.
    at = BLOCKS.includes(entity.type) && text[stop] === "\n" && stop < end ? stop + 1 : stop;
  }
  fragment.append(text.slice(at, end));
  return fragment;
}

function made(entity, words, handlers) {
  const element = document.createElement(TAGS[entity.type] ?? "span");
  element.classList.add(entity.type);
  if (entity.language) element.dataset.language = entity.language;
  if (entity.type === "spoiler" || entity.type === "expandable_blockquote") unfold(element, entity.type);
  if (entity.type === "code") copyable(element, words, handlers.onCopy);
  const address = { url: words, text_link: entity.url, email: `mailto:${words}` }[entity.type];
  if (address !== undefined) act(element, address, () => handlers.onLink(address));
  if (entity.type === "bot_command") act(element, words, () => handlers.onCommand(words));
  return element;
}

/** A link that never navigates by itself: what it does is decided by the page. */
function act(element, title, action) {
  element.href = "#";
  element.title = title;
  element.addEventListener("click", (event) => { event.preventDefault(); action(); });
}

/** As in Telegram: a click on code copies it. */
function copyable(element, words, onCopy) {
  element.title = "Copy";
  element.addEventListener("click", () => onCopy(words));
}

/** Hidden until it is asked for: a spoiler, or the rest of a long quote. */
function unfold(element, kind) {
  element.tabIndex = 0;
  element.role = "button";
  element.ariaLabel = kind === "spoiler" ? "Hidden text, press to show" : "Quote, press to unfold";
  const open = () => {
    element.classList.add("open");
    for (const name of ["role", "tabindex", "aria-label"]) element.removeAttribute(name);
  };
  element.addEventListener("click", open);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  });
}
