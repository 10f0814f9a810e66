// Proves a bound in Node and checks its certificate: node node.mjs FILE [STRATEGY]
import { readFile, writeFile } from 'node:fs/promises';
import { open } from 'compact-proofs';

const [file, strategy = 'cubic'] = process.argv.slice(2);
const network = await open(await readFile(file), file);
const { outcome, certificate } = await network.prove(strategy);
console.log(`${outcome.correct} of ${outcome.total} inputs are proven right, ${outcome.percent} %, in ${outcome.flops} FLOPs`);

await network.check(certificate); // throws unless it holds
await writeFile('certificate.json', certificate);
network.free();
