/** Node: for backends, what a phone sends turned into the JSON profile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGlue } from '#glue';
import { createDecoder } from './decoder.js';

export { HuitouError } from './error.js';
export { version } from './version.js';

export const decodeUpload = createDecoder(createGlue, () => readFileSync(join(__dirname, 'huitou-server.wasm')));
