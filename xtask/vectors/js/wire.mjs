/** `wire.json` on the package's Node entry: what a backend makes of the bytes. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const require = createRequire(join(process.cwd(), 'package.json'));

export function wire({ dictionaries, cases }) {
  const { decodeUpload } = require('./pkg/dist/node/server.cjs');
  return cases.map((each) => {
    const names = Buffer.from(dictionaries[each.dictionary], 'hex');
    const found = outcome(() => decodeUpload(new Uint8Array(Buffer.from(each.body, 'hex')), () => new Uint8Array(names)));
    return { name: each.name, difference: difference(found, each) };
  });
}

function outcome(decode) {
  try {
    return { report: decode().upload };
  } catch (error) {
    if (error.code !== 'upload_malformed') throw error;
    return { malformed: error.message };
  }
}

function difference(found, { report, malformed }) {
  if (malformed !== undefined && String(found.malformed).startsWith(`malformed ${malformed} at byte `)) return null;
  if (report !== undefined && isDeepStrictEqual(found.report, report)) return null;
  return `expected ${JSON.stringify(report || malformed)}, found ${JSON.stringify(found)}`;
}
