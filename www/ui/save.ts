import { make } from './element.js';

/** Downloads `content` as a file with the name `name`. */
export function save(name: string, content: Blob) {
  const url = URL.createObjectURL(content);
  make('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
