/**
 * What other sites take: texts to paste, all of them made from one description of what is shared.
 */

import { type Name, NAMES, type Part, type Start, type Theme } from '../../embed/switches.js';
import { MOST_INLINE } from '../../embed/source.js';
import type { Looks } from '../../app/address.js';
import { t } from '../../languages/language.js';
import { FIRST } from '../../tasks/first.js';
import { escaped } from '../../ui/export/svg.js';

/** What a person chooses in the dialog. */
export interface Choices {
  show: readonly Part[];
  theme: Theme;
  start: Start;
  /** Of the figure, in CSS pixels. */
  width: number;
}

/** What is shared. */
export interface Shared {
  /** Address of the page's folder. */
  page: string;
  /** Address of the page with all that it shows. */
  link: string;
  /** Name of the weights file. */
  file: string;
  /** What is shown, and the switches of an embed that shows it. */
  show: readonly Part[];
  switches: Partial<Record<Name, string>>;
  /** Whether the weights are a file of the user's, which no address of this page holds. */
  isOwn: boolean;
  width: number;
  /** What the figure shows, in words. */
  words: string;
}

/** A text to paste, or why there is none. */
export interface Snippet {
  title: string;
  /** Where it is pasted, and what comes of it. */
  hint: string;
  /** What is copied, for its button. */
  name: string;
  text: string | undefined;
}

/** What is chosen about the proof that is shown: a budget chooses it anew for other results. */
export function switchesOf(
  { task, file, inline, read }: { task: string; file: string; inline: string | undefined; read: string },
  proof: string | undefined,
  { budget, vs }: Pick<Looks, 'budget' | 'vs'>,
  { show, theme, start }: Choices,
): Shared['switches'] {
  const said: Partial<Record<Name, string | undefined>> = {
    task: task === FIRST ? '' : task,
    ...(inline === undefined ? { model: file.replace(/\.safetensors$/, '') } : { src: inline }),
    read,
    proof: budget === null ? proof : undefined,
    budget: budget === null ? undefined : String(budget),
    vs,
    show: show.join(','),
    theme: theme === 'auto' ? '' : theme,
    start: start === 'visible' ? '' : start,
  };
  return Object.fromEntries(NAMES.flatMap((name) => (said[name] ? [[name, said[name]]] : [])));
}

/** Why weights of the user's cannot be inside a text; undefined if they can. */
export const tooLarge = (inline: string) =>
  inline.length > MOST_INLINE
    ? t`Your file has more than 100 KB. Put it at an address that other sites may read (CORS), and give that as src.`
    : undefined;

/** Address of an embed as a document of its own. */
export function frameAddress({ page, switches }: Pick<Shared, 'page' | 'switches'>): string {
  const query = new URLSearchParams(switches).toString().replaceAll('%2C', ',');
  return `${page}embed/frame.html?${query}`;
}

/** Gives every frame on a page the height that it asks for. */
const HEIGHT = `<script>
  // Gives each of these figures the height that it asks for.
  addEventListener('message', ({ data, source }) => {
    if (data?.type !== 'iframe-widget-resize' || !(data.height > 0)) return;
    for (const frame of document.querySelectorAll('iframe[src*="/embed/frame.html"]')) {
      if (frame.contentWindow === source) frame.style.height = \`\${Math.min(data.height, 5000)}px\`;
    }
  });
</script>`;

const titleOf = ({ file }: Shared) => t`Compact proofs about ${file}`;

function iframe(shared: Shared): string {
  const { width } = shared;
  const style = `width: 100%; max-width: ${width}px; border: 0`;
  const height = width < 500 ? 480 : 420;
  return `<iframe title="${escaped(titleOf(shared))}" src="${escaped(frameAddress(shared))}" width="${width}" height="${height}" style="${style}" loading="lazy"></iframe>\n${HEIGHT}`;
}

function element({ page, link, switches, width, isOwn, words }: Shared): string {
  const attributes = Object.entries(switches).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  // Who has no scripts reads this.
  const instead = isOwn ? escaped(words) : `<a href="${escaped(link)}">${escaped(words)}</a>`;
  return `<script type="module" src="${escaped(page)}embed/compact-proofs.js"></script>\n<compact-proofs${attributes.join('')} style="max-width: ${width}px">${instead}</compact-proofs>`;
}

const mySt = ({ page, switches }: Shared) => `\`\`\`{anywidget} ${page}embed/anywidget.js\n${JSON.stringify(switches, null, 1)}\n\`\`\``;

function python({ page, switches, file, isOwn }: Shared): string {
  // A text in JSON is one in Python.
  const trait = (name: string, kind: string, value: string) => `    ${name} = traitlets.${kind}(${value}).tag(sync=True)\n`;
  const { src: _, ...others } = switches;
  const traits = [
    ...Object.entries(others).map(([name, value]) => trait(name, 'Unicode', JSON.stringify(value))),
    ...(isOwn ? [trait('weights', 'Bytes', `open(${JSON.stringify(file)}, "rb").read()`)] : []),
    trait('results', 'Dict', ''),
  ];
  return `import anywidget, traitlets\n\nclass CompactProofs(anywidget.AnyWidget):\n    _esm = ${JSON.stringify(`${page}embed/anywidget.js`)}\n${traits.join('')}\nCompactProofs()`;
}

/** The name of a picture of what is shared, without its ending. */
export const pictureName = (file: string) =>
  `${
    file
      .replace(/\.[a-z]+$/i, '')
      .replaceAll(/[^\w-]+/g, '_')
      .slice(0, 80) || 'model'
  }-frontier`;

function markdown({ file, words, link, isOwn }: Shared): string {
  const picture = `![${words.replaceAll(/[\\[\]]/g, '\\$&')}](${pictureName(file)}.svg)`;
  return isOwn ? picture : `[${picture}](<${link}>)`;
}

function picture({ file, words, link, width, isOwn }: Shared): string {
  const image = `<img src="${pictureName(file)}.png" width="${width}" alt="${escaped(words)}">`;
  return isOwn ? image : `<a href="${escaped(link)}">${image}</a>`;
}

/** Every text that can be pasted. */
export function snippetsOf(shared: Shared): Snippet[] {
  const { isOwn, switches } = shared;
  const why = isOwn ? tooLarge(switches.src ?? '') : undefined;
  const live = (text: string) => (why ? undefined : text);
  return [
    {
      title: t`Link`,
      name: t`link`,
      hint: isOwn
        ? t`A link cannot hold your file: it works in this browser, which keeps the file, and for those who open the same file.`
        : t`The page with all that it shows now.`,
      text: shared.link,
    },
    {
      title: t`Frame`,
      name: t`frame`,
      hint: isOwn
        ? t`An address cannot hold your file: take the single file or the element.`
        : t`For WordPress, Ghost, Quarto and other sites that take an iframe. The script gives it the height that it asks for.`,
      text: isOwn ? undefined : iframe(shared),
    },
    {
      title: t`Element`,
      name: t`element`,
      hint: why ?? t`For pages that take a script: several elements share one program.`,
      text: live(element(shared)),
    },
    {
      title: t`MyST and Jupyter Book`,
      name: 'MyST directive',
      hint: why ?? t`A directive for a page in Markdown.`,
      text: live(mySt(shared)),
    },
    {
      title: t`Notebook`,
      name: t`notebook cell`,
      hint: t`A cell for Jupyter, Colab, VS Code and marimo, with the package anywidget. What is proven arrives in results.`,
      text: python(shared),
    },
    {
      title: t`Markdown with a picture`,
      name: 'Markdown',
      hint: t`For places without frames and scripts: save the SVG below beside it.`,
      text: markdown(shared),
    },
    {
      title: t`Picture`,
      name: t`picture`,
      hint: t`In HTML: save the PNG below beside it, which has two pixels for each of the page’s.`,
      text: picture(shared),
    },
  ];
}
