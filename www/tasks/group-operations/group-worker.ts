/** Worker that proves for the task of group operations. */

import { serveProofs } from '../../engine/proving.js';
import init, { lastPanic, load } from '../../pkg/group.js';

serveProofs({ init, lastPanic, load });
