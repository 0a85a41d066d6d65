// What the browser keeps for the page. One that may keep nothing throws; then the page forgets, and all else works.

/** Returns what is kept under a name in "localStorage" or "sessionStorage", or null. */
export function kept(storage, name) {
  try { return window[storage].getItem(name); } catch { return null; }
}

/** Keeps a value under a name; null forgets it. */
export function keep(storage, name, value) {
  try {
    if (value === null) window[storage].removeItem(name);
    else window[storage].setItem(name, value);
  } catch { /* it lasts until the page is left */ }
}
