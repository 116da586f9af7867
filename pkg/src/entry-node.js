/** Node: cloud functions, replays, tests. */
import { join } from 'node:path';
import { createGlue } from '#glue';
import { memoryHost } from './host-memory.js';
import { createOpen } from './open.js';

export { HuitouError } from './error.js';
export { version } from './version.js';

/** The build puts the module beside the bundle, which is CommonJS. */
const WASM = join(__dirname, 'huitou.wasm');

const memory = (options) => memoryHost(Object.assign({ wasm: WASM }, options));

export const hosts = { memory };

export const open = createOpen(createGlue, () => memory());
