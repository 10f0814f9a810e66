/** Hands a certificate from the page of one task to that of another. */

import type { CertificateFile } from './certificate-file.js';

/** Where a certificate waits for the page of its task. */
const HANDED = 'certificate';

/**
 * Gives a certificate to the page that is opened next in this tab, if the browser has room for it.
 */
export function handOver(certificate: CertificateFile) {
  try {
    sessionStorage.setItem(HANDED, JSON.stringify(certificate));
  } catch {
    // That page then shows the model alone, and the user opens the certificate once more.
  }
}

/** The certificate that the page before has given to this one. */
export function handedOver(): CertificateFile | undefined {
  try {
    const text = sessionStorage.getItem(HANDED);
    sessionStorage.removeItem(HANDED);
    return text === null ? undefined : (JSON.parse(text) as CertificateFile);
  } catch {
    return undefined;
  }
}
