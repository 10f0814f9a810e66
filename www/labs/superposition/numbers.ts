/** All numbers of the dictionaries, as tables. */

import { t } from '../../languages/language.js';
import { GALLERY } from '../../state/model.js';
import type { Subject } from '../../ui/export/exported.js';
import type { Table } from '../../ui/export/table.js';
import { decimal } from '../../ui/format.js';
import { shownOf } from './compare.js';
import type { Result } from './run.js';

/** A number in three digits. */
export const short = (x: number) => decimal(String(Number(x.toPrecision(3))));

/** What files with these numbers say they are about; their address has the settings. */
export const subject = (): Subject => ({ source: GALLERY, proofs: [], uncertain: [], facts: { file: 'superposition', classes: [] } });

/** A row for each dictionary or, of Matryoshka dictionaries, each prefix. */
export function tableOf(results: readonly Result[]): Table {
  const rows = results.flatMap(({ facts, strength, seed, measures, proven }) =>
    measures.map((each, i) => {
      const of = proven?.[i];
      const proof = of && shownOf(of);
      return [
        ...[
          facts.name,
          strength,
          seed,
          each.latents,
          each.fvu,
          each.l0,
          each.l0_99,
          each.recovered,
          each.represented,
          each.dead,
          each.cases,
          each.subsets,
          each.soft_bits,
        ],
        ...[each.pairs, each.length.length, of?.claimed_loss ?? null, proof?.loss ?? null, proof?.certified ?? null, proof?.flops ?? null],
        ...[proof?.errors[0] ?? null, proof?.errors[1] ?? null],
      ];
    }),
  );
  return {
    columns: [
      { key: 'penalty', title: t`Penalty` },
      { key: 'strength', title: t`Strength` },
      { key: 'seed', title: t`Seed` },
      { key: 'latents', title: t`Latents` },
      { key: 'fvu', title: t`Share of variance that is left` },
      { key: 'l0', title: t`Active latents on average` },
      { key: 'l0_99', title: t`Active latents, 99th percentile` },
      { key: 'recovered', title: t`Features recovered` },
      { key: 'represented', title: t`Features in the network` },
      { key: 'dead', title: t`Dead latents` },
      { key: 'cases', title: t`Cases on average` },
      { key: 'subsets', title: t`Subsets of active latents on average` },
      { key: 'soft_bits', title: t`Soft bits` },
      { key: 'pairs', title: t`Co-active pairs` },
      { key: 'length', title: t`Proof length`, unit: 'FLOPs' },
      { key: 'claimed_loss', title: t`Loss, claimed` },
      { key: 'proven_loss', title: t`Loss, proven at most` },
      { key: 'certified', title: t`Tokens certified` },
      { key: 'proof_flops', title: t`Length of the proof by sums`, unit: 'FLOPs' },
      { key: 'proven_hidden_error', title: t`Squared error of hidden vectors, proven at most` },
      { key: 'proven_output_error', title: t`Squared error of outputs, proven at most (crosscoders)` },
    ],
    rows,
  };
}
