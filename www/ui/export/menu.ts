/**
 * The menu of a figure: the whole screen, a table, files, and what can be copied. Fetched when it
 * is first opened.
 */

import './export.css';
import { t } from '../../languages/language.js';
import type { Figure } from '../../pkg/plot.js';
import { focusIn, get, make, rootOf } from '../element.js';
import { told } from '../format.js';
import { OWN } from '../../state/model.js';
import { inFull } from '../../state/uncertain.js';
import { save } from '../save.js';
import type { Drawn, Exported } from './exported.js';
import { type Caption, captioned, type Entry } from './caption.js';
import { copy } from './copy.js';
import { fill } from './full.js';
import { pngOf } from './png.js';
import { sheetOf } from './sheet.js';
import { svgOf } from './svg.js';
import { csvOf, jsonOf, type Origin, type Table, tsvOf } from './table.js';
import { showTable } from './twin.js';

/** What an item does; resolves to what is said of it then. */
type Work = () => Promise<string>;

/** Opens the menu at its button; `said` is where it says what it has done. */
export function open(button: HTMLButtonElement, said: HTMLElement, exported: Exported) {
  const items = worksOf(exported).map(([label, work]) => {
    const item = make('button', { type: 'button', role: 'menuitem', tabindex: '-1' }, label);
    item.addEventListener('click', () => {
      menu.hidePopover();
      button.focus({ preventScroll: true });
      said.textContent = '';
      work().then(
        (text) => (said.textContent = text),
        (error: unknown) => (said.textContent = `${label}: ${told(error)}`),
      );
    });
    return item;
  });
  const menu = make('div', { popover: 'auto', role: 'menu', class: 'export-menu', 'aria-label': exported.title }, ...items);
  menu.addEventListener('keydown', (event) => {
    const at = items.findIndex((item) => item === focusIn(item));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Tab') menu.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    items[to % items.length]?.focus();
  });
  menu.addEventListener('toggle', (event) => {
    if (event.newState === 'open') return;
    button.setAttribute('aria-expanded', 'false');
    if (menu.contains(focusIn(menu))) button.focus({ preventScroll: true });
    menu.remove();
  });
  button.after(menu);
  button.setAttribute('aria-expanded', 'true');
  menu.showPopover();
  const { left, top, bottom } = button.getBoundingClientRect();
  const isBelow = bottom + menu.offsetHeight <= innerHeight || bottom < innerHeight - top;
  menu.style.left = `${Math.max(0, Math.min(left, innerWidth - menu.offsetWidth))}px`;
  menu.style.top = `${Math.max(0, isBelow ? Math.min(bottom, innerHeight - menu.offsetHeight) : top - menu.offsetHeight)}px`;
  items[0]?.focus();
}

function worksOf(exported: Exported): [label: string, work: Work][] {
  const { name, title, element } = exported;
  const isDrawn = !!exported.drawn;
  const saved = async (ending: string, type: string, content: string | Blob) => {
    const file = `${[stem(modelOf(exported).facts.file), name].join('-')}.${ending}`;
    save(file, new Blob([content], { type }));
    return t`Saved as ${file}.`;
  };
  const picture = (): { drawn: Drawn; figure: Figure } => {
    const drawn = exported.drawn?.();
    const sheet = drawn && sheetOf(drawn.figures);
    if (!drawn || !sheet) throw new Error(t`Nothing is drawn yet.`);
    return { drawn, figure: captioned(sheet, captionOf(exported, sheet)) };
  };
  const svg = async () => {
    const { drawn, figure } = picture();
    const { model, sha256, address } = originOf(exported);
    const from = sha256 === undefined ? t`Of ${model}. From ${address}` : t`Of ${model}, SHA-256 ${sha256}. From ${address}`;
    const description = [from, ...uncertainIn(exported, figure).map(inFull)].join('\n');
    return saved('svg', 'image/svg+xml', svgOf(figure, drawn.style, { title, description }));
  };
  const png = async () => {
    const { drawn, figure } = picture();
    return saved('png', 'image/png', await pngOf(figure, drawn.style));
  };
  return [
    [t`Full screen`, async () => fill(element, title)],
    [t`Show as a table`, async () => showTable(element, title, await tableOf(exported))],
    ...(isDrawn ? ([[t`Save as PNG`, png], [t`Save as SVG`, svg]] as [string, Work][]) : []),
    [t`Save as CSV`, async () => saved('csv', 'text/csv;charset=utf-8', csvOf(await tableOf(exported)))],
    [t`Save as JSON`, async () => saved('json', 'application/json', jsonOf(await tableOf(exported), originOf(exported)))],
    [
      t`Copy for a spreadsheet (TSV)`,
      async () => {
        const table = await tableOf(exported);
        await copy(tsvOf(table));
        return table.rows.length === 1 ? t`Copied: 1 row, separated by tabs.` : t`Copied: ${table.rows.length} rows, separated by tabs.`;
      },
    ],
    [
      t`Copy link`,
      async () => {
        if (modelOf(exported).source === OWN) throw new Error(t`a link cannot hold your file.`);
        await copy(location.href);
        return t`Copied: the address of what is shown.`;
      },
    ],
  ];
}

function modelOf(exported: Exported) {
  const model = exported.model();
  if (!model) throw new Error(t`There is nothing to export yet.`);
  return model;
}

/** The title, the model and, where marks are proofs, the claim and what they stand for. */
function captionOf(exported: Exported, figure: Figure): Caption {
  const { facts, proofs } = modelOf(exported);
  const ids = new Set(figure.markers.map(({ id }) => id));
  const shown = new Set(proofs.flatMap(({ facts }) => (ids.has(facts.strategy) ? facts.class : [])));
  const legend = facts.classes
    .filter((each) => shown.has(each.class))
    .map(({ marker: mark, label, role }): Entry => ({ mark, label, role }));
  const kinds = new Map(uncertainIn(exported, figure).map(({ mark, kind }) => [mark, kind]));
  legend.push(...[...kinds].map(([mark, label]): Entry => ({ mark, label, role: 'chance' })));
  const claim = legend.length ? `: ${get('claim', HTMLElement, rootOf(exported.element)).textContent}` : '';
  return { title: exported.title, about: facts.file + claim, legend };
}

/** The bounds that are no proofs and have a mark in a figure. */
const uncertainIn = (exported: Exported, { markers }: Figure) =>
  modelOf(exported).uncertain.filter(({ id }) => markers.some((marker) => marker.id === id));

async function tableOf(exported: Exported): Promise<Table> {
  const table = await exported.table();
  if (!table) throw new Error(t`There is nothing to export yet.`);
  return table;
}

function originOf(exported: Exported): Origin {
  const { file, sha256 } = modelOf(exported).facts;
  return { title: exported.title, model: file, sha256, address: location.href };
}

/** The name of a file without its ending, of letters that any system takes. */
const stem = (file: string) => file.replace(/\.[a-z]+$/i, '').replaceAll(/[^\w-]+/g, '_').slice(0, 80) || 'model';
