/** Sets up the use without a network, and says quietly when a newer version of the page is here. */

import { told } from '../ui/format.js';
import { type Notice, notice } from '../ui/notice.js';
import { setUp } from './offline.js';

/** Starts it; the page is as useful if that fails. */
export function listen() {
  let news: Notice | undefined;
  setUp((open) => {
    news?.close();
    news = notice('A newer version of this page is here. This one goes on until you close it.', {
      'Open it now': () => void open().catch((error: unknown) => news?.say(told(error))),
      Later: () => news?.close(),
    });
  }).catch(() => {});
}
