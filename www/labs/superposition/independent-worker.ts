/** Checks one certificate by the independent checker. */

import { serve } from '../../engine/serve.js';
import init, { checkSuperposition, lastPanic, type Verdict } from '../../pkg/check.js';
import type { Work } from './verify.js';

serve<Work, Verdict>(init, lastPanic, ({ certificate }) => checkSuperposition(certificate));
