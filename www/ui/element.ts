/** Helpers for elements. */

/** What ids belong to: the page, or one embed. */
export type Root = Document | ShadowRoot;

/** The root that an element is in. */
export const rootOf = (element: Node) => element.getRootNode() as Root;

/** The element that has the focus, in the root of `element`. */
export const focusIn = (element: Node) => rootOf(element).activeElement;

/** Where a dialog about an element belongs: it has the style of the page, or of the embed. */
export const floorOf = (element: Node): Element => {
  const root = rootOf(element);
  return (root instanceof Document ? undefined : root.firstElementChild) ?? document.body;
};

/** Returns the element with the id `id`. Throws if there is none or it is not a `type`. */
export function get<T extends HTMLElement>(id: string, type: new () => T, root: Root = document): T {
  const element = root.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`#${id} is not a ${type.name}`);
}

/** Creates an element with attributes and children. */
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

/**
 * Makes `children` the only children of `parent`, in their order. Moves few elements, as each move
 * costs a new layout and the focus.
 *
 *     remove all elements that are not in `children`
 *     next = the first element that is left
 *     for each child:
 *       if it comes right after `next`: remove `next`, which is inserted again later
 *       if it is `next`: it stays
 *       else: insert it before `next`
 */
export function place(parent: Element, children: readonly Element[]) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const child of children) {
    // `next` belongs further down. Without it, the elements after it can stay.
    if (next !== child && next?.nextElementSibling === child) {
      next.remove();
      next = child;
    }
    if (next === child) next = child.nextElementSibling;
    else parent.insertBefore(child, next);
  }
}

/**
 * Returns `text` as a node. A long text, such as a count of 37 digits or the name of a file, may
 * wrap after commas and underscores.
 */
export function breakable(text: string): Node {
  const fragment = document.createDocumentFragment();
  const parts = text.length < 20 ? [text] : text.split(/(?<=[,_])/);
  for (const part of parts) fragment.append(part, document.createElement('wbr'));
  return fragment;
}
