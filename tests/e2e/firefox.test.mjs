// The page in Firefox.
import { firefox } from './browsers.mjs';
import { shortPath } from './short-path.mjs';

shortPath('Firefox', firefox);
