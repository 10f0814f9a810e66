// The page in WebKit, the engine of Safari.
import { webkit } from './browsers.mjs';
import { shortPath } from './short-path.mjs';

shortPath('WebKit', webkit);
