/** The teacher's page: makes a set of exercises, gives it to a class, and shows what comes back. */

import { SET } from '../../app/address.js';
import { exercises } from '../../exercises/exercises.js';
import { t } from '../../languages/language.js';
import { get } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import { Bench } from './bench.js';
import { Choose } from './choose.js';
import { Draft, startOf } from './draft.js';
import { Give } from './give.js';
import { OwnWeights } from './own-weights.js';
import { ResultsSection } from './results.js';
import { Settings } from './settings.js';
import { printSheet } from './sheet.js';

const problem = get('problem', HTMLElement);
const tell = (text: string) => {
  problem.textContent = text;
  problem.hidden = false;
};

try {
  const all = await exercises();
  const draft = new Draft(all, startOf(SET.read(location, undefined, tell), tell));
  // From now on this browser keeps the set, with what is changed of it.
  const here = new URL(location.href);
  here.searchParams.delete(SET.name);
  if (SET.isIn(location)) history.replaceState(null, '', here);
  if (draft.code !== undefined) draft.change({});
  const weights = new OwnWeights();
  const bench = new Bench(weights);
  new Choose(get('choose', HTMLElement), draft);
  new Settings(get('settings', HTMLElement), draft, weights);
  new Give(get('give', HTMLElement), draft, weights, (withKey) => printSheet(get('sheet', HTMLElement), draft, bench, withKey));
  new ResultsSection(get('results', HTMLElement), draft, bench);
  get('work', HTMLElement).hidden = false;
} catch (error) {
  tell(t`${told(error)} Reload this page to try again.`);
}
