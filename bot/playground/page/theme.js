// Light or dark: the system's choice until somebody makes their own. It is loaded before the first paint.

import { keep, kept } from "./memory.js";

const KEY = "theme";
const isDark = matchMedia("(prefers-color-scheme: dark)");
let choice = kept("localStorage", KEY);

function shown() {
  return choice ?? (isDark.matches ? "dark" : "light");
}

function show() {
  document.documentElement.dataset.theme = shown();
  const button = document.getElementById("theme");
  if (!button) return;
  button.title = shown() === "dark" ? "Light colours" : "Dark colours";
  button.ariaLabel = button.title;
}

/** Changes to the other one; what the system says by itself is kept as no choice. */
export function switchTheme() {
  const next = shown() === "dark" ? "light" : "dark";
  choice = (next === "dark") === isDark.matches ? null : next;
  keep("localStorage", KEY, choice);
  show();
}

isDark.addEventListener("change", show);
show();
document.addEventListener("DOMContentLoaded", show);
