// Opens checkpoints of real tools as a person does: files that are read give PyTorch's count, refusals say why.
// tests/checkpoints.rs says what each index.json holds.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { scenario } from './actions.mjs';

for (const folder of ['fixtures/files', 'exports/files']) {
  const path = (file) => resolve(import.meta.dirname, '..', folder, file);
  scenario(`every file of tests/${folder} gives what its line says`, async (page) => {
    const wrong = [];
    for (const { file, truth, right, must_mention: wanted } of JSON.parse(readFileSync(path('index.json'), 'utf8'))) {
      const found = await opened(page, path(file), file);
      if (found.correct !== undefined) {
        if (right === 'refuses' || found.correct !== String(truth)) wrong.push(`${file}: counts ${found.correct}, expected ${truth}, ${right}`);
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

/** Opens a file: what the page says is wrong with it, or how many inputs brute force counts right. */
async function opened(page, path, file) {
  await page.locator('#file').setInputFiles(path);
  const told = await page.waitForFunction((name) => {
    const text = (id) => document.getElementById(id).textContent;
    if (text('problem').includes(name)) return { problem: text('problem') };
    const exactly = text('facts').includes(`${name}, your file`) && /exactly ([\d,]+) of/.exec(text('how-right'));
    return exactly && { correct: exactly[1].replaceAll(',', '') };
  }, file);
  return told.jsonValue();
}
