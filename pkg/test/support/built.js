/** Where the built package is. Without it these tests can't run, and say what to do. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const PACKAGE = new URL('../../', import.meta.url);

/** Path of a file of the package. */
export function pathOf(file) {
  const path = fileURLToPath(new URL(file, PACKAGE));
  if (!existsSync(path)) throw new Error(file + ' is not built: run `cargo xtask build`');
  return path;
}

/** `require` of a built file. */
export function requireBuilt(file) {
  return createRequire(import.meta.url)(pathOf(file));
}

/** The phone's module, as the platform finds it in the code package. */
export function phoneModule() {
  return brotliDecompressSync(readFileSync(pathOf('dist/miniprogram/huitou.wasm.br')));
}
