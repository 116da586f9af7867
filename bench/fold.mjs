/** How long the fold of a busy year takes (`bench/fold`), and how many years a server replays. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { median } from './cpu.mjs';

const TIMES = 20;
const ROUNDS = 15;

/** Nothing that the fold needs is imported: the rest of the engine's boundary is there, and never called. */
function stubs(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = Object.assign(imports[from] || {}, { [name]: () => 0 });
  }
  return imports;
}

/** Milliseconds of one fold as WebAssembly: the middle of some rounds, after one that does not count. */
function wasmMs(file) {
  const module = new WebAssembly.Module(readFileSync(file));
  const { exports } = new WebAssembly.Instance(module, stubs(module));
  const round = () => {
    const began = performance.now();
    if (exports.folds(TIMES) === 0) throw new Error('the bench has no year');
    return (performance.now() - began) / TIMES;
  };
  round();
  return median(Array.from({ length: ROUNDS }, round));
}

/**
 * @param {{wasm: string, native: string}} files as `cargo xtask bench` has built them
 * @returns {{wasm_ms: number, fold_us: number, replay_per_s: number, bytes_per_act: number}}
 */
export function busyYear({ wasm, native }) {
  const { status, stdout } = spawnSync(native, { encoding: 'utf8' });
  if (status !== 0) throw new Error(native + ' ended with ' + status);
  return { wasm_ms: wasmMs(wasm), ...JSON.parse(stdout) };
}
