// For a bundler: the package is installed, and its WebAssembly files become assets.
import { prove } from 'compact-proofs';
import { show } from './show.js';

await show(prove, 'max4_v64_s123.safetensors');
