/** A class's results as a table: what is shown, and what goes into a spreadsheet. */

import { t } from '../languages/language.js';
import type { Column, Table, Value } from '../ui/export/table.js';
import type { Exercise } from '../exercises/exercise.js';
import type { Marked, Row } from './marks.js';
import { inWords } from './words.js';

/** What was predicted, in the order of the steps that ask for it. */
export const predicted = ({ attempt }: Marked) => (attempt?.predictions ?? []).filter((text) => text !== null);

/** What the table has of each exercise. */
const PARTS: readonly Column[] = ['score', 'answer', 'predictions', 'tries', 'hints'].map((name) => ({ key: name, title: name }));

/** The table of all rows. `isTimed`: whether the set says that time is recorded. */
export function classTable(rows: readonly Row[], exercises: readonly Exercise[], isTimed: boolean): Table {
  const parts: readonly Column[] = isTimed ? [...PARTS, { key: 'seconds', title: t`time`, unit: 's' }] : PARTS;
  const columns: Column[] = [
    { key: 'name', title: t`Name` },
    { key: 'score', title: t`Score` },
    { key: 'of', title: t`Of` },
    ...exercises.flatMap(({ id, title }) => parts.map((part) => ({ ...part, key: `${id} ${part.key}`, title: `${title}: ${part.title}` }))),
    { key: 'notes', title: t`Notes` },
    { key: 'code', title: t`Code` },
  ];
  const cells = (each: Marked): Value[] => {
    const { exercise, attempt, verdict } = each;
    const answer = inWords(exercise.question, attempt?.answer ?? null);
    const all = [verdict?.score ?? null, answer, predicted(each).join('; '), attempt?.tries ?? null, attempt?.hints ?? null];
    return isTimed ? [...all, attempt?.seconds ?? null] : all;
  };
  const row = ({ name, score, marked, notes, code }: Row): Value[] => [
    name,
    score,
    exercises.length,
    ...marked.flatMap(cells),
    notes.join('; '),
    code,
  ];
  return { columns, rows: rows.map(row) };
}
