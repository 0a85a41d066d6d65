// The page: people at the side, the chat of one of them with the bot. Everything is put together here.

import * as api from "./api.js";
import * as calls from "./calls.js";
import * as clock from "./clock.js";
import { Composer } from "./composer.js";
import { byId } from "./elements.js";
import { answered } from "./keyboard.js";
import * as keys from "./keys.js";
import { follow } from "./links.js";
import { keep, kept } from "./memory.js";
import { show, summary } from "./messages.js";
import { askNames, showPeople } from "./people.js";
import * as scroll from "./scroll.js";
import { setStatus, startAction, stopAction } from "./status.js";
import { switchTheme } from "./theme.js";
import { alert, ask, fail, toast } from "./toasts.js";

const LOOK_SECONDS = 5; // whether a bot listens changes by itself
const EMPTY = { messages: [], commands: [], description: "" };

let world = { bot: { first_name: "Syllabot", username: "" }, people: [], listening: true, now: 0, ahead: 0 };
let chat = EMPTY;
let current = Number(kept("sessionStorage", "person")) || 0;
let isResetting = false;
// A phone shows the people first; a reload stays where it was.
document.body.dataset.view = current || !matchMedia("(max-width: 720px)").matches ? "chat" : "people";

const me = () => world.people.find((person) => person.id === current);
const mine = () => chat.messages.findLast((message) => !message.from_bot && (message.text || message.caption));
const composer = new Composer({ person: () => current, fail, commands: () => chat.commands, last: mine });
const say = (text) => api.say(current, text, []).catch(fail);

const handlers = {
  onCommand: say,
  onPress: (message, button) => api.press(current, message.id, button.data).catch(fail),
  onReply: (message) => composer.setContext({ kind: "reply", message }),
  onEdit: (message) => composer.setContext({ kind: "edit", message }),
  onDelete: (block) => Promise.all(block.map((message) => api.remove(current, message.id))).catch(fail),
  onCopy: (text) => navigator.clipboard.writeText(text).then(() => toast("Copied"), fail),
  onJump: (message) => scroll.jumpTo(message.id),
  onLink: (address) => follow(address, world.bot.username, (payload) => say(`/start ${payload}`.trim())),
};

// Reading again and again at once would be wasteful, so calls that come while one is under way are one more.
function coalesced(read) {
  let running = null;
  let again = false;
  return function start() {
    if (running) { again = true; return running; }
    running = read().catch((error) => { if (!isResetting) fail(error); })
      .finally(() => { running = null; if (again) { again = false; start(); } });
    return running;
  };
}

const readWorld = coalesced(async () => { world = await api.state(); showWorld(); });

const readChat = coalesced(async () => {
  const person = current;
  const found = await api.chat(person);
  if (person !== current) return;
  const before = chat;
  chat = found;
  showChat(before);
});

const readCalls = coalesced(() => calls.showCalls(current));

function toggleCalls() {
  calls.toggle();
  readCalls();
}

function showWorld() {
  if (!me() && world.people.length) return switchTo(world.people[0].id, { stay: true });
  byId("bot-name").textContent = world.bot.first_name;
  showPeople(world.people, current, world.now, { onChoose: (person) => switchTo(person.id), onRename: rename });
  setStatus({ listening: world.listening, connected: true, name: me().first_name });
  clock.showClock(world);
  byId("reset").hidden = !world.can_reset;
  byId("block").textContent = me().blocked ? "Unblock" : "Block";
  byId("block").title = me().blocked ? "Let the bot write again" : "Stop the bot from writing to this person";
  showFoot();
}

function showChat(before) {
  const wasAtEnd = scroll.isAtEnd();
  const last = chat.messages.at(-1);
  const isNew = last && last.id !== before.messages.at(-1)?.id;
  show(byId("messages"), chat.messages, handlers);
  if (wasAtEnd || (isNew && !last.from_bot)) scroll.toEnd();
  if (isNew && last.from_bot) stopAction();
  readOut(before);
  markRead();
  showFoot();
  readCalls();
}

/** Says to screen readers what the bot has said or changed; the chat itself is silent, for a switch would read all of it. */
function readOut(before) {
  if (before === EMPTY) return;
  const known = new Map(before.messages.map((message) => [message.id, summary(message)]));
  const news = chat.messages.filter((message) => message.from_bot && known.get(message.id) !== summary(message));
  if (news.length) byId("news").textContent = news.map((message) => `${message.sender}: ${summary(message)}`).join("\n");
}

/** What stands in sight is read. */
function markRead() {
  const last = chat.messages.at(-1);
  const isInSight = scroll.isAtEnd() && !document.hidden && byId("scroll").checkVisibility();
  if (last && isInSight && me()?.unread) api.read(current, last.id).catch(fail);
}

function showFoot() {
  const person = me();
  if (!person) return;
  const isFresh = !person.started && !chat.messages.length;
  byId("empty").hidden = !isFresh;
  byId("empty-name").textContent = person.name;
  byId("description").textContent = chat.description;
  byId("start").hidden = !isFresh && !person.blocked;
  byId("start").textContent = person.blocked ? "Unblock the bot" : "Start";
  byId("composer").hidden = isFresh || person.blocked;
  byId("block").hidden = isFresh;
}

/** Is another person from now on. On a phone this opens the chat, unless one is to `stay` among the people. */
async function switchTo(person, { stay = false } = {}) {
  if (!stay) document.body.dataset.view = "chat";
  composer.fit();
  if (person !== current) {
    composer.switchPerson(current, person);
    current = person;
    keep("sessionStorage", "person", person);
    stopAction();
    chat = EMPTY;
    byId("messages").replaceChildren();
    showWorld();
    await readChat();
  }
  scroll.toEnd();
  markRead();
  if (!stay) (byId("composer").hidden ? byId("start") : byId("text")).focus();
}

function step(by) {
  const at = world.people.findIndex((person) => person.id === current);
  chooseAt((at + by + world.people.length) % world.people.length);
}

function chooseAt(index) {
  if (world.people[index]) switchTo(world.people[index].id);
}

function rename(person) {
  askNames(person, (names) => api.rename(person.id, names).catch(fail));
}

async function add(names) {
  const { id } = await api.addPerson(names);
  world = await api.state();
  await switchTo(id);
}

async function reset() {
  const text = "All chats, accounts and courses of this playground are deleted, and the bot starts again.";
  if (!await ask("Begin anew?", text, "Begin anew")) return;
  await api.reset();
}

function onEvent({ kind, chat_id: chatId, data }) {
  const isHere = chatId === current;
  if (kind === "answered") answered(data);
  else if (kind === "toast" && isHere) answer(data);
  else if (kind === "action" && isHere) startAction(data);
  else if (kind === "commands") readChat();
  else if (kind === "people" || kind === "ahead") readWorld();
  else if (kind === "reset") { isResetting = true; toast("Beginning anew…"); }
  else if (kind === "chat") {
    if (isHere) readChat();
    readWorld();
  }
  if (isHere) readCalls();
}

function answer(found) {
  if (found.url) handlers.onLink(found.url);
  if (found.text) (found.alert ? alert : toast)(found.text);
}

function onOpen() {
  if (isResetting) { keep("sessionStorage", "person", null); location.reload(); return; }
  readWorld().then(readChat);
}

byId("start").addEventListener("click", async () => {
  if (me().blocked) await api.block(current, false).catch(fail);
  else await say("/start");
  byId("text").focus();
});
byId("block").addEventListener("click", () => api.block(current, !me().blocked).catch(fail));
byId("add-person").addEventListener("click", () => askNames(null, (names) => add(names).catch(fail)));
byId("theme").addEventListener("click", switchTheme);
byId("reset").addEventListener("click", () => reset().catch(fail));
byId("back").addEventListener("click", () => {
  document.body.dataset.view = "people";
  byId("people").querySelector("[aria-current]")?.focus();
});
for (const id of ["show-calls", "close-calls"]) byId(id).addEventListener("click", toggleCalls);
document.addEventListener("visibilitychange", markRead);
clock.wire(readWorld);
scroll.wire(markRead);
keys.wire({ chooseAt, step, calls: toggleCalls, theme: switchTheme });
setInterval(() => { if (!isResetting) readWorld(); }, LOOK_SECONDS * 1000);
api.listen(onEvent, onOpen, () => setStatus({ connected: false }));
composer.fit();
