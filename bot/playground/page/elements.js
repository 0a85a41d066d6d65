// The page's elements: finding them and making new ones.

/** Returns the element with this id. */
export const byId = (id) => document.getElementById(id);

/** Creates an element with properties and children; a child that is null is left out. */
export function el(tag, facts = {}, ...children) {
  const element = Object.assign(document.createElement(tag), facts);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Creates one of the icons that index.html draws. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Creates words that only screen readers say. */
export const unseen = (words) => el("span", { className: "unseen" }, words);
