// The line under the bot's name: whether it is there, and what it is doing.

import { byId } from "./elements.js";

// What is said of each action that sendChatAction takes.
const DOING = {
  typing: "typing", upload_photo: "sending a photo", record_video: "recording a video", upload_video: "sending a video",
  record_voice: "recording a voice message", upload_voice: "sending a voice message", upload_document: "sending a file",
  choose_sticker: "choosing a sticker", find_location: "finding a place",
  record_video_note: "recording a video message", upload_video_note: "sending a video message",
};
const ACTION_SECONDS = 5; // as the Bot API says of sendChatAction
let state = { listening: true, connected: true, name: "" };
let timer;

/** Takes what has changed, and shows it unless the bot is doing something. */
export function setStatus(changes) {
  state = { ...state, ...changes };
  if (timer && state.connected) return;
  const isHere = state.connected && state.listening;
  byId("status").textContent = !state.connected ? "connecting…" : state.listening ? `bot · you are ${state.name}` : "waiting for the bot…";
  byId("status").classList.toggle("away", !isHere);
}

/** Shows for a while what the bot does, such as 'typing'. */
export function startAction(action) {
  clearTimeout(timer);
  timer = setTimeout(stopAction, ACTION_SECONDS * 1000);
  byId("status").textContent = `${DOING[action] ?? "working"}…`;
}

/** Says again who one is. */
export function stopAction() {
  clearTimeout(timer);
  timer = undefined;
  setStatus({});
}
