/** What `texts.mjs` does not take for texts of the page, and why. */

/** Files without texts for people: programs of workers, formats, and what speaks to other programs. */
export const UNREAD = /^www\/(package|languages)\//;

/** The programs whose strings the page shows. */
export const PROGRAMS = [/^src\/tasks\//];

/** Strings that look like texts and are none, by file: a part of each. */
export const ALLOWED = {};
