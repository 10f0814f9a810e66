/** What the chosen proof is compared with, as the address and embeds write it. */

export interface Versus {
  /** Identifier of the other proof; empty for none. */
  strategy: string;
  /** K and seed of the other model of the gallery, such as `4-50`; empty for the open one. */
  model: string;
}

/** Reads such as `cubic` or `cubic@4-50`. */
export function parseVersus(text: string): Versus {
  const [strategy = '', model = ''] = text.split('@');
  return { strategy, model };
}

export const formatVersus = ({ strategy, model }: Versus) => (strategy && model ? `${strategy}@${model}` : strategy);
