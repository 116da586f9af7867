// The command line that build.mjs and check.mjs share.
import { parseArgs } from 'node:util';

const DEFAULT_PACKAGE = 'huitou=pkg/dist/miniprogram';

/**
 * Reads `count` folders and the packages.
 * @param {string} usage what to print when they are missing
 * @returns {{positionals: string[], packages: Object<string, string>}}
 */
export function readArguments(usage, count) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { npm: { type: 'string', multiple: true, default: [DEFAULT_PACKAGE] } },
  });
  const pairs = values.npm.map((pair) => pair.split('='));
  if (positionals.length !== count || pairs.some((pair) => pair.length !== 2)) {
    throw new Error(`usage: node simulator/${usage} [--npm name=folder]... (default: --npm ${DEFAULT_PACKAGE})`);
  }
  return { positionals, packages: Object.fromEntries(pairs) };
}
