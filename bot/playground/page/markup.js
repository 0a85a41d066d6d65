// The light markup that people type, and back: an edited message shows its markup again.

// As Telegram's own clients: what is typed between these becomes formatting.
const MARKERS = [
  ["pre", /```(?:(?<language>[\w+-]+)\n|\n)?(?<inner>[\s\S]+?)\n?```/],
  ["code", /`(?<inner>[^`\n]+)`/],
  ["text_link", /\[(?<inner>[^[\]\n]+)\]\((?<url>(?:https?:\/\/|tg:)[^\s()]+)\)/i],
  ["bold", /\*\*(?<inner>(?=\S)[\s\S]*?\S)\*\*/],
  ["underline", /(?<!\w)\+\+(?<inner>(?=\S)[\s\S]*?\S)\+\+(?!\w)/],
  ["italic", /(?<!\w)__(?<inner>(?=\S)[\s\S]*?\S)__(?!\w)/],
  ["strikethrough", /~~(?<inner>(?=\S)[\s\S]*?\S)~~/],
  ["spoiler", /\|\|(?<inner>(?=\S)[\s\S]*?\S)\|\|/],
];
const VERBATIM = ["pre", "code"];
const SIGNS = { bold: "**", italic: "__", underline: "++", strikethrough: "~~", spoiler: "||", code: "`" };
const QUOTES = ["blockquote", "expandable_blockquote"];

/** What the markup looks like, for those who want to know. */
export const EXAMPLES = [
  ["**bold**", "bold"], ["__italic__", "italic"], ["++underline++", "underline"], ["~~strike~~", "strikethrough"],
  ["||spoiler||", "spoiler"], ["`code`", "code"], ["```python ⏎ x = 1```", "code of many lines"],
  ["[words](https://…)", "link"], ["> at the start of lines", "quote"],
];

/** Returns the text without markers and the entities that they meant; offsets are UTF-16 code units. */
export function parsed(typed) {
  let text = "";
  const entities = [];
  for (const part of parts(typed)) {
    const found = inline(part.words, text.length);
    if (part.isQuote) entities.push({ type: "blockquote", offset: text.length, length: found.text.length });
    text += found.text + part.end;
    entities.push(...found.entities);
  }
  return { text, entities };
}

/** Splits into quotes and what stands between them; in code of many lines, nothing is a quote. */
function parts(typed) {
  const found = [];
  const pattern = /```[\s\S]*?```|(?<=^|\n)(?:> ?[^\n]*(?:\n(?=>)|$|(?=\n)))+/g;
  let at = 0;
  for (const match of typed.matchAll(pattern)) {
    if (match[0].startsWith("```")) continue;
    found.push({ words: typed.slice(at, match.index), end: "", isQuote: false });
    found.push({ words: match[0].replace(/^> ?/gm, ""), end: "", isQuote: true });
    at = match.index + match[0].length;
  }
  found.push({ words: typed.slice(at), end: "", isQuote: false });
  return found.filter((part) => part.words);
}

function inline(typed, shift) {
  let text = "";
  let rest = typed;
  const entities = [];
  for (let found = first(rest); found; found = first(rest)) {
    text += rest.slice(0, found.index);
    const offset = shift + text.length;
    const inner = VERBATIM.includes(found.kind) ? { text: found.inner, entities: [] } : inline(found.inner, offset);
    const entity = { type: found.kind, offset, length: inner.text.length };
    if (found.language) entity.language = found.language;
    if (found.url) entity.url = found.url;
    entities.push(entity, ...inner.entities);
    text += inner.text;
    rest = rest.slice(found.index + found.length);
  }
  return { text: text + rest, entities };
}

function first(text) {
  let best = null;
  for (const [kind, pattern] of MARKERS) {
    const match = pattern.exec(text);
    if (match && (best === null || match.index < best.index)) {
      best = { kind, index: match.index, length: match[0].length, ...match.groups };
    }
  }
  return best;
}

/** Returns what one would type for a text with these entities. */
export function marked(text, entities) {
  const marks = []; // [offset, order, sign]: what ends stands before what begins, and the inner ends first
  entities.forEach((entity, index) => {
    const [opening, closing] = signs(entity);
    marks.push([entity.offset, index, opening], [entity.offset + entity.length, -1 - index, closing]);
  });
  const quotes = entities.filter(({ type }) => QUOTES.includes(type));
  for (const quote of quotes) {
    for (let at = text.indexOf("\n", quote.offset); at >= 0 && at < quote.offset + quote.length; at = text.indexOf("\n", at + 1)) {
      marks.push([at + 1, -0.5, "> "]);
    }
  }
  marks.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let typed = "";
  let at = 0;
  for (const [offset, , sign] of marks) {
    typed += text.slice(at, offset) + sign;
    at = offset;
  }
  return typed + text.slice(at);
}

function signs({ type, language, url }) {
  if (type === "pre") return [`\`\`\`${language ?? ""}\n`, "\n```"];
  if (type === "text_link") return ["[", `](${url})`];
  if (QUOTES.includes(type)) return ["> ", ""];
  return [SIGNS[type] ?? "", SIGNS[type] ?? ""];
}
