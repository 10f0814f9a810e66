// Opens checkpoints of real tools in the page: files that it reads must give PyTorch's count, and
// files that it refuses a reason. tests/checkpoints.rs documents the format of index.json.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { scenario } from './actions.mjs';

for (const folder of ['fixtures/files', 'exports/files']) {
  const path = (file) => resolve(import.meta.dirname, '..', folder, file);
  scenario(`every file in tests/${folder} is read or refused as index.json says`, async (page) => {
    const wrong = [];
    for (const { file, truth, right, must_mention: wanted } of JSON.parse(readFileSync(path('index.json'), 'utf8'))) {
      const found = await opened(page, path(file), file);
      if (found.correct !== undefined) {
        const isWrong = right === 'refuses' || found.correct !== String(truth);
        if (isWrong) wrong.push(`${file}: counts ${found.correct}, expected ${truth}, ${right}`);
        continue;
      }
      const message = found.problem.toLowerCase();
      if (right === 'reads') wrong.push(`${file} is refused: ${found.problem}`);
      const missing = wanted.find((part) => !part.split('|').some((word) => message.includes(word.toLowerCase())));
      if (missing !== undefined) wrong.push(`${file}: no ${missing} in: ${found.problem}`);
    }
    assert.deepEqual(wrong, []);
  });
}

/** Opens a file; returns the page's `problem` with it, or the `correct` count of right inputs. */
async function opened(page, path, file) {
  await page.locator('#file').setInputFiles(path);
  const told = await page.waitForFunction((name) => {
    const text = (id) => document.getElementById(id)?.textContent ?? '';
    if (text('problem').includes(name)) return { problem: text('problem') };
    const exactly = text('facts').includes(`${name}, your file`) && /exactly ([\d,]+) of/.exec(text('how-right'));
    return exactly && { correct: exactly[1].replaceAll(',', '') };
  }, file);
  return told.jsonValue();
}
