/** Opens what the user gives to the page: weights, a certificate, or a sweep over many models. */

import { pageOf } from './address.js';
import { offerCertificate } from './elsewhere.js';
import type { Opening } from './opening.js';
import type { Page } from './page.js';
import type { Problems } from './problems.js';
import { t } from '../languages/language.js';
import { type CertificateFile, certificateIn } from '../state/certificate-file.js';
import type { Certificates } from '../state/certificates.js';
import { MAX_BYTES, type Models } from '../state/model.js';
import type { TaskPage } from '../tasks/task.js';
import { TASKS } from '../tasks/tasks.js';

/** What opens files, and shows them. */
export interface Desk {
  task: TaskPage;
  models: Models;
  opening: Opening;
  page: Page;
  problems: Problems;
  certificates(): Promise<Certificates>;
}

/**
 * Opens the user's files: one certificate, one sweep, or one model's weights. Rejects if they are
 * others, or damaged.
 */
export async function take(files: readonly File[], desk: Desk) {
  const [file, more] = files;
  if (file && !more && /\.csv$/i.test(file.name) && (await openSweep(file, desk))) return;
  const certificate = file && !more ? await certificateIn(file, MAX_BYTES) : undefined;
  if (certificate) await adopt(certificate, desk);
  else await desk.opening.openFiles(files);
}

/** Shows a sweep, by what is fetched for it; returns whether the file is one. */
async function openSweep(file: File, { task, models, opening, page, problems }: Desk): Promise<boolean> {
  const { openSweep } = await import('../views/sweep/open.js');
  const pageOfTask = (task: string) => {
    const listed = TASKS.find(({ id }) => id === task);
    return listed && { name: listed.name(), address: pageOf(task) };
  };
  return openSweep(file, {
    model: () => models.current,
    task: task.id,
    pageOf: pageOfTask,
    open: (sha256, strategy) => opening.openBySha256(sha256, strategy),
    status: (text) => page.status(text),
    problem: (text) => problems.tell('figure', text),
  });
}

/**
 * Verifies a certificate and chooses its proof, or offers to open the gallery model of it. Rejects
 * if it is not a certificate of anything that is at hand.
 */
export async function adopt(certificate: CertificateFile, desk: Desk) {
  const { task, opening, page, problems } = desk;
  if (certificate.task && certificate.task !== task.id) return offerCertificate(certificate, problems);
  const all = await desk.certificates();
  const isAbout = all.isAbout(certificate);
  const entry = isAbout ? undefined : await opening.bySha256(certificate.sha256);
  if (!entry) {
    if (certificate.coins && isAbout) return page.redraw(certificate);
    const proof = await all.adopt(certificate);
    return proof && page.choose(proof.facts.strategy);
  }
  const label = t`Open ${entry.file}, then this certificate`;
  const act = async () => {
    if (await opening.openEntry(entry)) await adopt(certificate, desk);
  };
  problems.tell('model', t`${certificate.file} is about another model of this page, ${entry.file}.`, { offer: { label, act } });
}
