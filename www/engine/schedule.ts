/** Who does what next. */

/** A proof, or a part of one, that waits for a worker. */
export interface Waiting {
  /** Proofs of one group share work, which is kept where it was done; a part of a proof belongs to none. */
  group: string | undefined;
  /** Whether someone asked for it; such stand before all others. */
  asked: boolean;
}

/** A worker, and the group that it was given last: what it has at hand. */
export interface Hand {
  group: string | undefined;
}

/**
 * What of the queue is for this worker: the first that was asked for, or else more of its group, or else the first. What belongs to the group of
 * another worker is left to that: there it is nearly free. Undefined if there is nothing.
 */
export function choose<T extends Waiting>(queue: readonly T[], worker: Hand, workers: readonly Hand[]): T | undefined {
  const others = new Set(workers.flatMap(({ group }) => (group === undefined || group === worker.group ? [] : [group])));
  const open = queue.filter(({ group }) => group === undefined || !others.has(group));
  const [first] = open;
  return first?.asked ? first : (open.find(({ group }) => group !== undefined && group === worker.group) ?? first);
}
