#!/usr/bin/env node
/**
 * `node xtask/differential/run.mjs [--pairs N] [--seed N]`, at the repository root: random payloads and people through
 * the npm SDK and through the built package under compat 0.8. Fails with the smallest case at the first difference that
 * is not documented.
 */
import { parseArgs } from 'node:util';
import { differential } from './differential.mjs';
import { DIFFERENCES } from './differences.mjs';

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } } });
const found = await differential({ pairs: Number(values.pairs), seed: values.seed });
const rows = Object.entries(found.listed).sort(([, one], [, other]) => other - one);
console.log(`${found.pairs} pairs of a payload and a person, seed ${values.seed}: ${found.answers} answers, ${found.agreed} alike`);
rows.forEach(([name, count]) => {
  const { why } = DIFFERENCES[name] || {};
  console.log(`  ${String(count).padStart(7)}  ${name}${why ? `: ${why}` : ''}`);
});
console.log(`${found.unlisted ? 1 : 0} other differences`);
if (found.unlisted) {
  console.log(JSON.stringify(found.unlisted, null, 1));
  process.exitCode = 1;
}
