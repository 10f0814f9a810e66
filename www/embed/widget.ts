/**
 * The program of a single file, which `boot.js` starts. The switches are in the file; its address
 * may have others, after `?`.
 */

import './compact-proofs.js';
import { fill } from './fill.js';

const said = new URLSearchParams(location.search);
fill({ get: (name) => said.get(name) ?? compactProofs.switches[name] ?? null });
