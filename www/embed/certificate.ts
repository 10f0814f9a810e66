/**
 * A certificate as what an author gives: it is verified about the embed's model, and its proof is
 * shown.
 */

import { t } from '../languages/language.js';
import { MAX_BYTES, type Proof } from '../state/model.js';
import type { Session } from './session.js';
import { bytesAt } from './source.js';

/** Whether there is a certificate at an address; otherwise there are weights. */
export const isCertificate = (src: string) => /^data:application\/json[;,]|\.certificate\.json([?#]|$)/.test(src);

/** Verifies the certificate at `src`; undefined if it does not hold, which the session tells. */
export async function certificateAt(src: string, { models, queue, prover, view }: Session): Promise<Proof | undefined> {
  const [{ certificateIn }, { Certificates }] = await Promise.all([
    import('../state/certificate-file.js'),
    import('../state/certificates.js'),
  ]);
  const file = new File([new Uint8Array(await bytesAt(src))], 'certificate.json');
  const certificate = await certificateIn(file, MAX_BYTES);
  if (!certificate) throw new Error(t`src: this JSON file is not a certificate.`);
  return new Certificates(models, queue, prover, view).adopt(certificate);
}
