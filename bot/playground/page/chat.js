// The page: people at the side, the chat of one of them with the bot.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { el, show, summary } from "./messages.js";

const $ = (id) => document.getElementById(id);
const TYPING_SECONDS = 5; // as the Bot API says of sendChatAction
const TOAST_SECONDS = 4;

let world = { bot: { first_name: "Syllabot", username: "" }, people: [], listening: true };
let chat = { messages: [], commands: [], description: "" };
let current = Number(sessionStorage.getItem("person")) || 1001;
const seen = new Map(); // person -> id of the last message that was looked at
let typing;
let atEnd = true;

const me = () => world.people.find((person) => person.id === current);
const composer = new Composer({ person: () => current, fail, commands: () => chat.commands });

const handlers = {
  onCommand: (command) => say(command),
  onPress: (message, button) => api.press(current, message.id, button.data).catch(fail),
  onReply: (message) => composer.setContext({ kind: "reply", message }),
  onEdit: (message) => composer.setContext({ kind: "edit", message }),
  onCopy: (text) => navigator.clipboard.writeText(text).then(() => toast("Copied"), fail),
  onLink: follow,
};

const say = (text) => api.say(current, text, []).catch(fail);

/** A link to this bot is a deep link; any other is opened only if the person wants it. */
async function follow(address) {
  const url = parseUrl(address);
  if (!url) return;
  const toBot = url.host === "t.me" && url.pathname.slice(1).toLowerCase() === world.bot.username.toLowerCase();
  const byScheme = url.protocol === "tg:" && url.searchParams.get("domain") === world.bot.username;
  if (toBot || byScheme) {
    const payload = url.searchParams.get("start") ?? "";
    await say(`/start ${payload}`.trim());
    return;
  }
  const dialog = $("open-link");
  dialog.querySelector(".address").textContent = url.href;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.onclose = () => {
    if (dialog.returnValue === "open") window.open(url.href, "_blank", "noopener,noreferrer");
  };
}

function parseUrl(address) {
  for (const candidate of [address, `http://${address}`]) {
    try {
      const url = new URL(candidate);
      if (["http:", "https:", "mailto:", "tg:"].includes(url.protocol)) return url;
    } catch { /* an address without its scheme */ }
  }
  return null;
}

// Reading again and again at once would be wasteful, so calls that come while one is under way are one more.
function coalesced(read) {
  let running = null;
  let again = false;
  return function start() {
    if (running) { again = true; return running; }
    running = read().catch(fail).finally(() => { running = null; if (again) { again = false; start(); } });
    return running;
  };
}

const readWorld = coalesced(async () => { world = await api.state(); showWorld(); });

const readChat = coalesced(async () => {
  const person = current;
  const found = await api.chat(person);
  if (person !== current) return;
  const news = found.messages.at(-1)?.id !== chat.messages.at(-1)?.id;
  chat = found;
  showChat(news);
});

function showWorld() {
  if (!me() && world.people.length) current = world.people[0].id;
  $("bot-name").textContent = world.bot.first_name;
  $("people").replaceChildren(...world.people.map(personItem));
  showStatus();
  const blocked = me()?.blocked ?? false;
  $("block").textContent = blocked ? "Unblock" : "Block";
  $("block").title = blocked ? "Let the bot write again" : "Stop the bot from writing to this person";
  showFoot();
}

function personItem(person) {
  const unread = person.id !== current && (person.last?.id ?? 0) > (seen.get(person.id) ?? Infinity);
  if (!seen.has(person.id) || person.id === current) seen.set(person.id, person.last?.id ?? 0);
  const avatar = el("span", { className: "avatar", ariaHidden: "true" }, person.first_name[0] + (person.last_name?.[0] ?? ""));
  avatar.dataset.hue = person.id % 6;
  const name = el("b", {}, person.first_name, person.last_name ? el("span", { className: "surname" }, ` ${person.last_name}`) : null);
  const role = person.role ? el("i", { className: "role" }, person.role) : null;
  const last = el("span", { className: "last" }, person.last ? summary(person.last) : "no messages yet");
  const button = el("button", { type: "button", onclick: () => switchTo(person.id) },
    avatar, el("span", { className: "about" }, el("span", { className: "top" }, name, role), last));
  if (unread) button.append(el("span", { className: "unread", ariaLabel: "unread" }));
  if (person.id === current) button.ariaCurrent = "true";
  return el("li", {}, button);
}

function showStatus() {
  if (typing) return;
  $("status").textContent = world.listening ? "bot" : "waiting for the bot…";
  $("status").classList.toggle("away", !world.listening);
}

function showChat(news) {
  show($("messages"), chat.messages, handlers);
  if (atEnd || (news && !chat.messages.at(-1)?.from_bot)) toEnd();
  if (news && chat.messages.at(-1)?.from_bot) stopTyping();
  showFoot();
}

function toEnd() {
  $("scroll").scrollTop = $("scroll").scrollHeight;
  atEnd = true;
}

function showFoot() {
  const person = me();
  if (!person) return;
  const fresh = !person.started && !chat.messages.length;
  $("empty").hidden = !fresh;
  $("empty-name").textContent = person.name;
  $("description").textContent = chat.description;
  $("start").hidden = !fresh && !person.blocked;
  $("start").textContent = person.blocked ? "Unblock the bot" : "Start";
  $("composer").hidden = fresh || person.blocked;
  $("block").hidden = fresh;
}

async function switchTo(person) {
  if (person === current) return;
  composer.switchPerson(current, person);
  current = person;
  sessionStorage.setItem("person", person);
  stopTyping();
  chat = { messages: [], commands: [], description: "" };
  $("messages").replaceChildren();
  showWorld();
  await readChat();
  toEnd();
}

function onEvent({ kind, chat_id: chatId, data }) {
  if (kind === "toast" && chatId === current) answer(data);
  else if (kind === "action" && chatId === current) startTyping(data);
  else if (kind === "commands") readChat();
  else if (kind === "people") readWorld();
  else if (kind === "chat") {
    if (chatId === current) readChat();
    readWorld();
  }
}

function answer(found) {
  if (found.url) follow(found.url);
  if (!found.text) return;
  if (!found.alert) { toast(found.text); return; }
  $("alert-text").textContent = found.text;
  $("alert").showModal();
}

function toast(text) {
  const element = el("div", { className: "toast" }, text);
  $("toasts").append(element);
  setTimeout(() => element.remove(), TOAST_SECONDS * 1000);
}

function startTyping(action) {
  clearTimeout(typing);
  typing = setTimeout(stopTyping, TYPING_SECONDS * 1000);
  $("status").textContent = action === "typing" ? "typing…" : `${action.replace("_", "ing ").replace("uploading", "sending")}…`;
}

function stopTyping() {
  clearTimeout(typing);
  typing = undefined;
  showStatus();
}

function fail(error) {
  toast(error instanceof TypeError ? "The playground does not answer." : error.message);
}

$("start").addEventListener("click", async () => {
  if (me().blocked) await api.block(current, false).catch(fail);
  else await say("/start");
  $("text").focus();
});
$("block").addEventListener("click", () => api.block(current, !me().blocked).catch(fail));
$("add-person").addEventListener("click", () => {
  $("new-person").querySelector("form").reset();
  $("new-person").returnValue = "";
  $("new-person").showModal();
});
$("new-person").addEventListener("close", async () => {
  if ($("new-person").returnValue !== "add") return;
  try {
    const { id } = await api.addPerson(Object.fromEntries(new FormData($("new-person").querySelector("form"))));
    await readWorld();
    await switchTo(id);
  } catch (error) { fail(error); }
});
$("scroll").addEventListener("scroll", () => {
  const { scrollHeight, scrollTop, clientHeight } = $("scroll");
  atEnd = scrollHeight - scrollTop - clientHeight < 60;
});
// Neither a picture that is loaded late nor a growing text box may push the newest message out of sight.
const keepAtEnd = new ResizeObserver(() => { if (atEnd) toEnd(); });
keepAtEnd.observe($("scroll"));
keepAtEnd.observe($("messages"));
setInterval(readWorld, 5000);
api.listen(onEvent, () => { readWorld(); readChat(); }, () => {
  $("status").textContent = "connecting…";
});
composer.fit();
