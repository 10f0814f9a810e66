import { prove } from '../../package/index.js';
import { show } from './show.js';

await show(prove, '../../models/max-of-k/max4_v64_s123.safetensors');
