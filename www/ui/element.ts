/** The little of the document's interface that this page needs, with types. */

/** The page's element of that id. */
export function get<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`#${id} is not a ${type.name}`);
}

/** A new element with attributes and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Makes these the children of an element. Only those that are out of place are moved: the others keep their layout. */
export function place(parent: Element, children: readonly Element[]) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const child of children) {
    // One that has gone down makes room for those behind it.
    if (next !== child && next?.nextElementSibling === child) {
      next.remove();
      next = child;
    }
    if (next === child) next = child.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}

/** Text that, if long, may be broken after commas and underscores: counts of 37 digits, names of files. */
export function breakable(text: string): Node {
  const fragment = document.createDocumentFragment();
  const parts = text.length < 20 ? [text] : text.split(/(?<=[,_])/);
  for (const part of parts) fragment.append(part, document.createElement('wbr'));
  return fragment;
}
