/** Certificates of this lab that someone brings as files, or that another page has handed over. */

import { t } from '../../languages/language.js';
import { MAX_BYTES } from '../../state/model.js';
import { type CertificateFile, certificateIn } from '../../state/certificate-file.js';
import { handedOver } from '../../state/handed.js';
import { make } from '../../ui/element.js';
import { told } from '../../ui/format.js';

/** A button that checks a certificate from a file. */
export function brought(): HTMLElement {
  const input = make('input', { type: 'file', accept: '.json', class: 'unseen', tabindex: '-1', 'aria-hidden': 'true' });
  const choose = make('button', { type: 'button' }, t`Check a certificate …`);
  const said = make('p', { class: 'state', role: 'status' });
  const check = async ({ file, text }: CertificateFile) => {
    said.textContent = t`${file} is being verified …`;
    const { inWords, verified } = await import('./verify.js');
    return `${file}: ${inWords(await verified(text))}`;
  };
  const say = async (certificate: Promise<CertificateFile | undefined>) => {
    choose.disabled = true;
    said.textContent = await certificate.then((read) => (read ? check(read) : t`This file is not a certificate.`)).catch(told);
    choose.disabled = false;
  };
  choose.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    input.value = '';
    if (file) void say(certificateIn(file, MAX_BYTES));
  });
  const handed = handedOver();
  if (handed) void say(Promise.resolve(handed));
  return make('div', { class: 'buttons' }, choose, input, said);
}
