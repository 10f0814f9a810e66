/** Goes through the proof of one certificate. */

import { serve } from '../../engine/serve.js';
import init, { lastPanic, verify, type Verified } from '../../pkg/superposition.js';
import type { Work } from './verify.js';

serve<Work, Verified>(init, lastPanic, ({ certificate }) => verify(certificate));
