/** Decides which worker runs which proof next. */

/** A proof, or a part of one, that waits for a worker. */
export interface Waiting {
  /**
   * Name of the group of proofs that share work, which the worker that did it keeps. Undefined for
   * a part of a proof.
   */
  group: string | undefined;
  /** Whether the user asked for the proof. In a queue, such proofs stand before all others. */
  asked: boolean;
}

/** A worker. */
export interface Hand {
  /** The group of the last proof that the worker ran: the worker still holds its shared work. */
  group: string | undefined;
}

/**
 * Chooses the task in the queue that `worker` runs next; undefined if there is none for it.
 *
 *     skip all tasks in the group of another worker, which runs them at nearly no cost
 *     the first task, if the user asked for it
 *     else the first task in this worker's group
 *     else the first task
 */
export function choose<T extends Waiting>(queue: readonly T[], worker: Hand, workers: readonly Hand[]): T | undefined {
  const others = new Set(workers.flatMap(({ group }) => (group === undefined || group === worker.group ? [] : [group])));
  const open = queue.filter(({ group }) => group === undefined || !others.has(group));
  const [first] = open;
  return first?.asked ? first : (open.find(({ group }) => group !== undefined && group === worker.group) ?? first);
}
