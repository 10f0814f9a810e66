/** Starts the page of labs: in the language of its reader, with the lab that its address names. */

import { LABS } from './labs.js';
import { LAB } from './settings.js';
import { speakHere } from '../app/languages.js';
import { Problems } from '../app/problems.js';
import { t } from '../languages/language.js';
import { get, make } from '../ui/element.js';
import { told } from '../ui/format.js';

const problems = new Problems();
await speakHere((problem, again) => problems.tell('language', problem, again ? { retry: () => location.reload() } : {}));
const id = LAB.read(location, { labs: LABS.map((lab) => lab.id) }, (refusal) => problems.tell('address', refusal));
/** The address of a lab, in the language that is spoken. */
const pageOf = (lab: string) => {
  const url = new URL(location.href);
  url.searchParams.set(LAB.name, lab);
  url.hash = '';
  return url.href;
};
get('labs', HTMLElement).append(
  ...LABS.map((lab) => make('a', { href: pageOf(lab.id), ...(lab.id === id && { 'aria-current': 'page' }) }, lab.name())),
);
const lab = LABS.find((each) => each.id === id);
if (lab) {
  document.title = t`${lab.name()} · Compact proofs`;
  const open = () =>
    lab.load().then(
      (it) =>
        it.open(get('lab', HTMLElement), {
          problem: (text, retry) => problems.tell('figure', text, retry && { retry }),
          status: (text) => (get('status', HTMLElement).textContent = text),
        }),
      (error: unknown) => problems.tell('model', told(error), { retry: () => void open() }),
    );
  await open();
}
// A link to other settings of the lab opens it anew.
addEventListener('hashchange', () => location.reload());
