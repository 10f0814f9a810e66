/** Checks one certificate. */

import { serve } from '../../engine/serve.js';
import init, { lastPanic, verify, type Verified } from '../../pkg/superposition.js';

serve<{ certificate: string }, Verified>(init, lastPanic, ({ certificate }) => verify(certificate));
