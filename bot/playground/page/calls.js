// The panel for developers: what the bot was told last, and the calls that it made of it.

import * as api from "./api.js";
import { byId, el } from "./elements.js";

const opened = new Set(); // what is unfolded stays so

export const isOpen = () => !byId("calls").hidden;

/** Opens or closes the panel; what is in it is for `showCalls` to say. */
export function toggle() {
  byId("calls").hidden = isOpen();
  byId("show-calls").ariaExpanded = String(isOpen());
  byId(isOpen() ? "close-calls" : "show-calls").focus();
}

/** Shows the last exchange with a person, if the panel is open. */
export async function showCalls(person) {
  if (!isOpen()) return;
  const { update, calls } = await api.calls(person);
  const entries = calls.map((call, index) => entry(`call ${index}`, call.method, callFacts(call), call.error));
  if (update) entries.unshift(entry("update", "Update", update, null));
  byId("calls-list").replaceChildren(...(entries.length ? entries : [el("p", { className: "hint" }, "Nothing yet: say something.")]));
}

const callFacts = ({ params, result, error }) => (error ? { params, error } : { params, result });

function entry(key, title, facts, error) {
  const name = key === "update" ? kindOf(facts) : title;
  const summary = el("summary", {}, el("b", {}, key === "update" ? "→ " : "← ", name),
    el("span", { className: error ? "refused" : "" }, error ? `${error.error_code} ${error.description}` : brief(facts)));
  const details = el("details", { open: opened.has(key) }, summary, el("pre", { tabIndex: 0 }, JSON.stringify(facts, null, 2)));
  details.addEventListener("toggle", () => (details.open ? opened.add(key) : opened.delete(key)));
  return details;
}

const kindOf = (update) => Object.keys(update).find((name) => name !== "update_id");

function brief(facts) {
  const { params } = facts;
  const content = facts[kindOf(facts)];
  return params ? params.text ?? params.caption ?? "" : content.text ?? content.caption ?? content.data ?? "";
}
