// The playground's clock, which goes forward when somebody wants to see what the bot does later.

import * as api from "./api.js";
import { byId } from "./elements.js";
import { fail } from "./toasts.js";

const UNITS = [["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** Lets the dialog move the clock; `moved` is called afterwards. */
export function wire(moved) {
  byId("clock").addEventListener("click", () => byId("clock-dialog").showModal());
  for (const button of byId("clock-dialog").querySelectorAll(".steps button")) {
    button.addEventListener("click", () => api.forward(Number(button.value)).then(moved, fail));
  }
}

/** Shows what time it is. */
export function showClock({ now, ahead }) {
  const date = new Date(now * 1000);
  byId("clock-now").dateTime = date.toISOString();
  byId("clock-now").textContent = date.toLocaleString([], { weekday: "long", day: "numeric", month: "long",
    year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  byId("clock-hint").textContent = ahead
    ? `That is ${words(ahead)} ahead of your computer's clock. It only goes forward; to begin anew brings it back.`
    : "It is your computer's time so far. Move it on to see what the bot says later. It only goes forward.";
  byId("ahead").hidden = !ahead;
  byId("ahead").textContent = ahead ? `+${short(ahead)}` : "";
  byId("clock").title = byId("clock").ariaLabel = ahead ? `Move the clock on (it is ${words(ahead)} ahead)` : "Move the clock on";
}

function words(seconds) {
  const parts = [];
  let rest = seconds;
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count) parts.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
  }
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
}

function short(seconds) {
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? UNITS.at(-1);
  return `${Math.floor(seconds / length)}${unit[0]}`;
}
