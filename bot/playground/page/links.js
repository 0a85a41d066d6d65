// Where a link leads: to the bot itself, or out of the playground, if the person wants that.

import { ask } from "./toasts.js";

/** Follows an address; `start` is called with the payload of a link to the bot called `username`. */
export async function follow(address, username, start) {
  const url = parse(address);
  if (!url) return;
  const toBot = url.host === "t.me" && url.pathname.slice(1).toLowerCase() === username.toLowerCase();
  const byScheme = url.protocol === "tg:" && url.searchParams.get("domain")?.toLowerCase() === username.toLowerCase();
  if (toBot || byScheme) await start(url.searchParams.get("start") ?? "");
  else if (await ask("Open this link?", url.href, "Open")) window.open(url.href, "_blank", "noopener,noreferrer");
}

function parse(address) {
  for (const candidate of [address, `http://${address}`]) {
    try {
      const url = new URL(candidate);
      if (["http:", "https:", "mailto:", "tg:"].includes(url.protocol)) return url;
    } catch { /* an address without its scheme */ }
  }
  return null;
}
