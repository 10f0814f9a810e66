/**
 * What a package of a set needs of the page, gathered from its own host. Fetched when one is made.
 */

import { download } from '../../engine/download.js';
import type { Exercise } from '../../exercises/exercise.js';
import { t } from '../../languages/language.js';
import { type FileList, LIST } from '../../offline/files.js';
import { folderOf } from '../../state/gallery.js';
import { modelsOf } from '../models.js';
import { type ExerciseSet, packagedSet, printOf, setCode, setupOf, taskOf } from '../set.js';
import type { Standard } from './manifest.js';
import { packageOf, START } from './package.js';

/** What a teacher wants packed. */
export interface Wanted {
  standard: Standard;
  set: ExerciseSet;
  /** Files of the teacher's, by their places in the package. */
  own: Readonly<Record<string, Uint8Array>>;
  /** Address of a host that takes statements of xAPI. */
  host?: string;
}

/** Files of the page that every lesson may use: no other pages, embeds or models. */
const PROGRAM = /^(assets\/(?!teacher)|icons\/|(?!teacher\.html$)[\w.-]+$)/;

/** Makes the package of a set. Rejects with an `Error` that says what is missing. */
export async function packed(
  { standard, set, own, host }: Wanted,
  exercises: readonly Exercise[],
  tell: (done: number) => void,
): Promise<Blob> {
  const { files } = await download(LIST, (response) => response.json() as Promise<FileList>);
  const tasks = new Set(exercises.map(({ setup }) => taskOf(setup)));
  const models = await modelsOf(exercises.map((each) => ({ ...each, setup: setupOf(each, set, undefined) })));
  const isKnown = (path: string) => [...tasks].some((task) => path.startsWith(folderOf(task)) && path.endsWith('.json'));
  const needed = Object.keys(files).filter((path) => PROGRAM.test(path) || isKnown(path) || models.includes(path));
  const code = setCode(packagedSet(set));
  const id = `compact-proofs-${printOf(code)}`;
  const title = set.title || t`Exercises about compact proofs`;
  const fetched = (path: string) =>
    download(path === START ? './' : path, async (response) => new Uint8Array(await response.arrayBuffer()));
  return packageOf({ standard, id, title, code, files: needed, own, ...(host && { host }) }, fetched, tell);
}
