/** Sends files of other tasks, and certificates about their networks, to the pages that show them. */

import { hashOf, idOf, LANGUAGE, pageOf } from './address.js';
import type { Problems } from './problems.js';
import { LABS } from '../labs/labs.js';
import { t } from '../languages/language.js';
import type { FileFacts } from '../pkg/files.js';
import type { CertificateFile } from '../state/certificate-file.js';
import { handOver } from '../state/handed.js';
import { find, keep } from '../state/own.js';
import { TASKS } from '../tasks/tasks.js';

/**
 * Offers to open a certificate in the page of its task, with its network if that is at hand, or in
 * its lab. Throws an `Error` if no page takes it.
 */
export async function offerCertificate(certificate: CertificateFile, problems: Problems) {
  const { file, sha256, task } = certificate;
  const lab = LABS.find(({ id }) => id === task);
  if (lab) {
    const language = new URLSearchParams(location.search).get(LANGUAGE.name);
    const query = new URLSearchParams({ ...(language && { [LANGUAGE.name]: language }), lab: lab.id });
    const said = t`${file} is about a network of the lab ${lab.name()}.`;
    return offer(problems, said, t`Open it in ${lab.name()}`, `./labs.html?${query}`, certificate);
  }
  const listed = TASKS.find(({ id }) => id === task);
  if (!listed) throw new Error(t`${file} is about the task “${task.slice(0, 40)}”, which this page does not have.`);
  const entry = await (await (await listed.page()).shelf()).bySha256(sha256);
  const own = idOf(sha256);
  const isKept = !entry && (await find(own));
  const hash = entry ? hashOf({ model: entry.named }) : isKept ? hashOf({ own }) : '';
  const name = listed.name();
  const said = entry
    ? t`${file} is about ${entry.file}, a model of the task ${name}.`
    : t`${file} is about a model of the task ${name}.`;
  offer(problems, said, t`Open it in ${name}`, pageOf(listed.id, hash), certificate);
}

/**
 * Opens a file in the page of its task `task`, which finds it among those that this browser keeps. Offers
 * to go there if this browser does not keep it. Calls `leave` with what to say before the page is
 * left.
 */
export async function openFile(
  task: string,
  { file, sha256 }: Pick<FileFacts, 'file' | 'sha256'>,
  bytes: Uint8Array,
  problems: Problems,
  leave: (said: string) => void,
) {
  const { id, name } = TASKS.find((listed) => listed.id === task) ?? TASKS[0];
  const own = idOf(sha256);
  const said = await keep(own, file, bytes);
  if (await find(own)) {
    leave(t`${file} is of the task ${name()}, and opens there.`);
    return location.assign(pageOf(id, hashOf({ own })));
  }
  const why = [t`${file} is of the task ${name()}.`, ...(said ? [said] : []), t`Open it there.`].join(' ');
  offer(problems, why, t`Go to ${name()}`, pageOf(id));
}

/** Shows `said` with a button `label` that goes to `address`, and hands over a certificate. */
function offer(problems: Problems, said: string, label: string, address: string, certificate?: CertificateFile) {
  const act = () => {
    if (certificate) handOver(certificate);
    location.assign(address);
  };
  problems.tell('model', said, { offer: { label, act } });
}
