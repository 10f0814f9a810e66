// Import this first: from then on, `await import('../../www/….ts')` works. Only modules that need
// no document do.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
