/**
 * Distributions of inputs as a person chooses them, and as the text that the address and `explain`
 * take.
 */

/** What weights go by. */
export const AXES = ['largest', 'last', 'copies'] as const;
export type Axis = (typeof AXES)[number];

/** Weights and limits by one number. */
export interface AxisChoice {
  /** `''` for inputs alike, `linear`, `alike` for classes alike, or a list of weights. */
  weights: string;
  /** Restrictions, digits; empty for none. */
  least: string;
  most: string;
}

export type Choice = Record<Axis, AxisChoice> & {
  /** Lines of largest token, last token, weight. */
  table: string;
  /** Classes of which the worst counts; empty for the mean. */
  worst: string;
};

/** All inputs alike. */
export const alike = (): Choice => {
  const axis = () => ({ weights: '', least: '', most: '' });
  return { largest: axis(), last: axis(), copies: axis(), table: '', worst: '' };
};

/** The lines of a pasted table, without its header. */
function lines(table: string): string[] {
  const all = table.split(/[\n|]/).map((line) => line.trim()).filter((line) => line);
  return all[0] && /[a-z]/i.test(all[0]) && !/\d/.test(all[0]) ? all.slice(1) : all;
}

/** The text of a choice; empty for all inputs alike. What is wrong in it, `explain` says. */
export function format(choice: Choice): string {
  const parts = AXES.flatMap((axis) => {
    const { weights, least, most } = choice[axis];
    const listed = weights.trim().split(/[\s,;]+/).join(',');
    const limits =
      least && least === most ? [`${axis}=${least}`] : [...(least ? [`${axis}>=${least}`] : []), ...(most ? [`${axis}<=${most}`] : [])];
    return [...limits, ...(listed ? [`${axis}:${listed}`] : [])];
  });
  if (choice.table.trim()) parts.push(`table:${lines(choice.table).map((line) => line.split(/[\s,;]+/).join(',')).join('|')}`);
  if (choice.worst) parts.push(`worst=${choice.worst}`);
  return parts.join(';');
}

/** The choice that a text stands for; parts without meaning are left out. */
export function parse(text: string): Choice {
  const choice = alike();
  for (const part of text.split(';')) {
    const [, name, sign, value] = /^\s*(\w+)\s*(:|>=|<=|=)(.*)$/s.exec(part) ?? [];
    if (name === undefined || value === undefined) continue;
    if (name === 'worst') choice.worst = value.trim();
    else if (name === 'table') choice.table = lines(value).join('\n');
    else {
      const axis = AXES.find((other) => other === name);
      if (!axis) continue;
      if (sign === ':') choice[axis].weights = value.trim();
      if (sign === '>=' || sign === '=') choice[axis].least = value.trim();
      if (sign === '<=' || sign === '=') choice[axis].most = value.trim();
    }
  }
  return choice;
}
