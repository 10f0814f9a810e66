/** What is copied of a table's rows: a table, not its text. */

import { type Table, tsvOf } from '../../ui/export/table.js';

/**
 * Copies the rows that a selection touches as tab-separated values, with all columns. What is
 * selected within one cell is copied as it is.
 */
export function copyRows(table: HTMLTableElement, rowsOf: (strategies: Set<string>) => Table) {
  document.addEventListener('copy', (event) => {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || event.defaultPrevented) return;
    const cell = (node: Node | null) => (node instanceof Element ? node : node?.parentElement)?.closest('th, td');
    const [from, to] = [cell(selection.anchorNode), cell(selection.focusNode)];
    if (from && from === to) return;
    const all = [...table.querySelectorAll<HTMLElement>('[data-strategy]')];
    const rows = all.filter((row) => selection.containsNode(row, true));
    // A selection that goes beyond the table is of the page.
    if (!rows.length || !table.contains(selection.getRangeAt(0).commonAncestorContainer)) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', tsvOf(rowsOf(new Set(rows.map((row) => row.dataset['strategy'] ?? '')))));
  });
}
