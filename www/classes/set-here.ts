/** Which set this page is opened with, before anything of it is read. */

import { type Address, SET } from '../app/address.js';

/** Names of the elements of a package's document that hold its set, and say who takes marks. */
export const META = { set: 'compact-proofs-set', marks: 'compact-proofs-marks' } as const;

/** What a package's document says; undefined outside of packages. */
export const packaged = (name: keyof typeof META): string | undefined =>
  document.head.querySelector<HTMLMetaElement>(`meta[name="${META[name]}"]`)?.content;

/**
 * The code of the set: of the package or, outside of packages, of the address; undefined for none.
 */
export const setHere = (address: Address = location): string | undefined =>
  packaged('set') ?? SET.read(address, undefined, () => {}) ?? undefined;
