/** Worker that proves for the task parity. */

import { serveProofs } from '../../engine/proving.js';
import init, { lastPanic, load } from '../../pkg/parity.js';

serveProofs({ init, lastPanic, load });
