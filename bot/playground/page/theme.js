// Light or dark: the system's choice until somebody makes their own. It is loaded before the first paint.

const KEY = "theme";
const isDark = matchMedia("(prefers-color-scheme: dark)");

function shown() {
  return localStorage.getItem(KEY) ?? (isDark.matches ? "dark" : "light");
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
  if ((next === "dark") === isDark.matches) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  show();
}

isDark.addEventListener("change", show);
show();
document.addEventListener("DOMContentLoaded", show);
