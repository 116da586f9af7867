/** `loyalty-told.json` on the package's Node entry: ledgers, and all that is told of them. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const require = createRequire(join(process.cwd(), 'package.json'));

export function told({ cases }) {
  const { replay } = require('./pkg/dist/node/server.cjs');
  return cases.map((each) => {
    // The digest says the same as the bytes in fewer words.
    const { bytes, ...found } = replay(each.ledger);
    return { name: each.name, difference: difference(found, each.told) };
  });
}

function difference(found, expected) {
  const differing = Object.keys({ ...found, ...expected }).filter((name) => !isDeepStrictEqual(found[name], expected[name]));
  return differing.map((name) => `${name}: expected ${JSON.stringify(expected[name])}, found ${JSON.stringify(found[name])}`).join('; ') || null;
}
