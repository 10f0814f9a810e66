/** The steps of an exercise, with what the student predicts beside what happens. */

import { Cancelled } from '../../engine/client.js';
import type { Prediction, Step } from '../../exercises/exercise.js';
import { t } from '../../languages/language.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';
import type { Desk } from './desk.js';

/** Most characters of a prediction. */
const LONGEST = 80;

/**
 * The list of steps; `predictions` is what was predicted, by step; `predicted` hears of a new one.
 */
export function stepsOf(
  steps: readonly Step[],
  predictions: readonly (string | null)[],
  desk: Desk,
  predicted: (step: number, text: string) => void,
): HTMLElement {
  const entries = steps.map(({ says, predict }, i) => {
    const item = make('li', {}, make('p', {}, says));
    if (predict) item.append(predictionOf(predict, i, predictions[i] ?? null, desk, (text) => predicted(i, text)));
    return item;
  });
  return make('ol', { class: 'to-do' }, ...entries);
}

/** The question of a prediction; once it is answered, prediction and outcome side by side. */
function predictionOf(
  { asks, unit, outcome }: Prediction,
  i: number,
  before: string | null,
  desk: Desk,
  predicted: (text: string) => void,
): HTMLElement {
  const id = `exercise-prediction-${i}`;
  const field = make('input', { type: 'text', id, size: unit ? '8' : '18', maxlength: String(LONGEST), autocomplete: 'off' });
  const said = make('div', { class: 'predicted', 'aria-live': 'polite' });
  const form = make(
    'form',
    { novalidate: '' },
    make('label', { for: id }, make('strong', {}, t`Predict first:`), ' ', asks),
    make('div', { class: 'answer' }, field, unit, make('button', { type: 'submit' }, t`Show what happens`)),
  );
  const show = async (text: string) => {
    form.hidden = true;
    const happens = make('dd', {}, '…');
    said.replaceChildren(
      make('p', { class: 'hint' }, asks),
      make(
        'dl',
        {},
        make('div', {}, make('dt', {}, t`You predicted`), make('dd', {}, `${text}${unit && ` ${unit}`}`)),
        make('div', {}, make('dt', {}, t`What happens`), happens),
      ),
    );
    try {
      happens.textContent = await outcome(await desk.results());
    } catch (error) {
      if (error instanceof Cancelled) return;
      const again = make('button', { type: 'button' }, t`Try again`);
      again.addEventListener('click', () => void show(text));
      happens.replaceChildren(`${told(error)} `, again);
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) {
      said.textContent = t`Write down what you expect first; a guess will do.`;
      return field.focus();
    }
    predicted(text);
    void show(text);
  });
  if (before !== null) void show(before);
  return make('div', { class: 'prediction' }, form, said);
}
