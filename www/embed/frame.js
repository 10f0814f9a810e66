/**
 * The embed as a document of its own, for an iframe: the switches are in its address, after `?`.
 */
import { fill } from './compact-proofs.js';

fill(new URLSearchParams(location.search));
