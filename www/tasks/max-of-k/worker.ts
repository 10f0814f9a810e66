/** Worker that proves for the task Max-of-K. */

import { serveProofs } from '../../engine/proving.js';
import init, { lastPanic, load } from '../../pkg/prove.js';

serveProofs({ init, lastPanic, load });
