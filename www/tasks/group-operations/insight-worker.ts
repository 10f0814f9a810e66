/** Worker that answers questions about networks for group operations. */

import { serveProofs } from '../../engine/proving.js';
import init, { lastPanic, load } from '../../pkg/insight.js';

serveProofs({ init, lastPanic, load });
