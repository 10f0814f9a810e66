/** Sets up the use without a network, and says quietly when a newer version of the page is here. */

import { t } from '../languages/language.js';
import { told } from '../ui/format.js';
import { type Notice, notice } from '../ui/notice.js';
import { setUp } from './offline.js';

/** Starts it; the page is as useful if that fails. */
export function listen() {
  let news: Notice | undefined;
  setUp((open) => {
    news?.close();
    news = notice(t`A newer version of this page is here. This one goes on until you close it.`, {
      [t`Open it now`]: () => void open().catch((error: unknown) => news?.say(told(error))),
      [t`Later`]: () => news?.close(),
    });
  }).catch(() => {});
}
