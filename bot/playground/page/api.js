// What the page asks of its server. Everything it says goes through here.

/** Returns the JSON answer; throws an Error with the server's own words. */
async function ask(path, options) {
  const response = await fetch(`/play/${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const state = () => ask("state");
export const chat = (person) => ask(`chat/${person}`);
export const calls = (person) => ask(`calls/${person}`);
export const say = (person, text, entities, replyTo) => post("say", { person, text, entities, reply_to: replyTo });
export const edit = (person, messageId, text, entities) =>
  post("edit", { person, message_id: messageId, text, entities });
export const remove = (person, messageId) => post("delete", { person, message_id: messageId });
/** Returns the id of the query that the bot has to answer. */
export const press = async (person, messageId, data) => (await post("press", { person, message_id: messageId, data })).query;
export const block = (person, blocked) => post("block", { person, blocked });
export const read = (person, messageId) => post("read", { person, message_id: messageId });
export const addPerson = (facts) => post("person", facts);
export const rename = (person, facts) => post("rename", { person, ...facts });
export const forward = (seconds) => post("clock", { seconds });
export const reset = () => post("reset", {});
export const fileUrl = (fileId) => `/play/file/${encodeURIComponent(fileId)}`;

/** Sends files; several pictures or films become an album. */
export function upload(person, files, caption, entities, asDocuments, replyTo) {
  const form = new FormData();
  form.append("person", person);
  form.append("caption", caption);
  form.append("caption_entities", JSON.stringify(entities));
  form.append("as_documents", asDocuments);
  if (replyTo !== undefined) form.append("reply_to", replyTo);
  for (const file of files) form.append("files", file);
  return ask("upload", { method: "POST", body: form });
}

/** Calls `onEvent` for every event, and `onOpen` whenever the stream is (again) open. */
export function listen(onEvent, onOpen, onLost) {
  const stream = new EventSource("/play/events");
  stream.onopen = onOpen;
  stream.onerror = onLost;
  stream.onmessage = (message) => onEvent(JSON.parse(message.data));
  window.addEventListener("pagehide", () => stream.close());
}
