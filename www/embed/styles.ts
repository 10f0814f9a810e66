/**
 * Styles of embeds: sheets that every embed of a document shares and nothing else sees. They are
 * made by script, which a page's policy allows though it may forbid styles in its text.
 */

import base from '../style/base.css?inline';
import tokens from '../style/tokens.css?inline';
import { restyleAll } from '../ui/player.js';
import claim from '../views/claim/claim.css?inline';
import frontier from '../views/frontier/frontier.css?inline';
import run from '../views/run/run.css?inline';
import embed from './embed.css?inline';
import reset from './reset.css?inline';
import type { Theme } from './switches.js';

const sheetOf = (css: string) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
};

const before = sheetOf(reset);
const sheets = [base, claim, run, frontier, embed].map(sheetOf);
/** The roots that are shown, each with its colours. */
const roots = new Map<ShadowRoot, CSSStyleSheet>();

const dress = (root: ShadowRoot, colours: CSSStyleSheet) => (root.adoptedStyleSheets = [before, colours, ...sheets]);

/**
 * Adds the style of a view that has been fetched. The build calls this where a view imports its
 * style.
 */
export function adopt(css: string) {
  // What an embed says of a view comes last.
  sheets.splice(-1, 0, sheetOf(css));
  for (const [root, colours] of roots) dress(root, colours);
}

/** Styles a root, until it is undressed. */
export function wear(root: ShadowRoot, theme: Theme) {
  const colours = sheetOf(tokens);
  roots.set(root, colours);
  dress(root, colours);
  setTheme(root, theme);
}

export const undress = (root: ShadowRoot) => roots.delete(root);

/** Takes light or dark colours, or those that the reader prefers, and draws in them. */
export function setTheme(root: ShadowRoot, theme: Theme) {
  for (const rule of roots.get(root)?.cssRules ?? []) {
    if (rule instanceof CSSMediaRule && /prefers-color-scheme|^(not )?all$/.test(rule.media.mediaText)) {
      rule.media.mediaText = { auto: '(prefers-color-scheme: dark)', dark: 'all', light: 'not all' }[theme];
    } else if (rule instanceof CSSStyleRule && rule.style.colorScheme) {
      rule.style.colorScheme = theme === 'auto' ? 'light dark' : theme;
    }
  }
  restyleAll();
}
