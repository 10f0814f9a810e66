/** A class's results as a table: what is shown, and what goes into a spreadsheet. */

import type { Column, Table, Value } from '../ui/export/table.js';
import type { Exercise } from '../exercises/exercise.js';
import type { Marked, Row } from './marks.js';
import { inWords } from './words.js';

/** What was predicted, in the order of the steps that ask for it. */
export const predicted = ({ attempt }: Marked) => (attempt?.predictions ?? []).filter((text) => text !== null);

/** The table of all rows. `isTimed`: whether the set says that time is recorded. */
export function classTable(rows: readonly Row[], exercises: readonly Exercise[], isTimed: boolean): Table {
  const parts: [key: string, title: string, unit?: string][] = [['score', 'score'], ['answer', 'answer'], ['predictions', 'predictions'], ['tries', 'tries'], ['hints', 'hints'], ...(isTimed ? [['seconds', 'time', 's'] as [string, string, string]] : [])];
  const columns: Column[] = [
    { key: 'name', title: 'Name' },
    { key: 'score', title: 'Score' },
    { key: 'of', title: 'Of' },
    ...exercises.flatMap(({ id, title }) => parts.map(([key, said, unit]) => ({ key: `${id} ${key}`, title: `${title}: ${said}`, ...(unit !== undefined && { unit }) }))),
    { key: 'notes', title: 'Notes' },
    { key: 'code', title: 'Code' },
  ];
  const cells = (each: Marked): Value[] => {
    const { exercise, attempt, verdict } = each;
    const all: Value[] = [verdict?.score ?? null, inWords(exercise.question, attempt?.answer ?? null), predicted(each).join('; '), attempt?.tries ?? null, attempt?.hints ?? null];
    return isTimed ? [...all, attempt?.seconds ?? null] : all;
  };
  return { columns, rows: rows.map(({ name, score, marked, notes, code }) => [name, score, exercises.length, ...marked.flatMap(cells), notes.join('; '), code]) };
}
