import { HuitouError, messageOf } from './error.js';
import { fromBase64 } from './base64.js';

/** The module name under which wasm-bindgen's glue is imported by the wasm file. */
const GLUE_MODULE = './huitou_bg.js';

/** How often a failed read of the storage is tried again: a phone may be busy at start. */
const LOAD_TRIES = 3;

/** Only the functions that wasm imports, in a plain object: some runtimes don't take a module namespace. */
export function importsOf(glue) {
  const functions = {};
  Object.keys(glue).forEach((name) => {
    if (name.startsWith('__wb') && typeof glue[name] === 'function') functions[name] = glue[name];
  });
  return { [GLUE_MODULE]: functions };
}

/**
 * A fresh instance with fresh glue, as the glue caches views of its instance's memory. WeChat's documents and its
 * type definitions disagree whether instantiate gives `{instance}` or the instance, so both are taken.
 */
async function instantiate(createGlue, host) {
  const glue = createGlue();
  const result = await host.instantiate(importsOf(glue));
  const exports = (result.instance || result).exports;
  glue.__wbg_set_wasm(exports);
  if (exports.__wbindgen_start) exports.__wbindgen_start();
  return glue;
}

/** The Core class of a fresh instance; fails with `no_wasm`. */
async function loadCore(createGlue, host) {
  try {
    return (await instantiate(createGlue, host)).Core;
  } catch (error) {
    if (error instanceof HuitouError) throw error;
    throw new HuitouError('no_wasm', 'the engine could not be instantiated: ' + messageOf(error));
  }
}

/**
 * Takes a Core from the glue's finalizer. It would call into the instance when the object is collected, and of a
 * poisoned one trap again where nobody can catch it. The instance's memory goes with the instance.
 */
export function release(core) {
  core.__destroy_into_raw();
}

/** Storage keys by their number, and behind them that of the payload of experiments. */
function keyNames(app, count) {
  return Array.from({ length: count + 1 }, (_, number) => 'huitou.' + app + '.' + (number === count ? 'payload' : number));
}

/** What storage holds. An unreadable storage must not pass for an empty one: the next write would overwrite it. */
async function readStorage(host, keys) {
  for (let tries = 1; ; tries++) {
    try {
      return await host.load(keys);
    } catch (error) {
      if (tries === LOAD_TRIES) throw new HuitouError('storage_unreadable', messageOf(error));
    }
  }
}

/** Hands a stored text to the engine; text that is no base64 arrives as no bytes, which the engine counts. */
function loadValue(core, key, text) {
  if (typeof text === 'string' && text !== '') core.load(key, fromBase64(text) || new Uint8Array(0));
}

/**
 * Makes a Core and brings it to the state that storage holds.
 * @param {{createGlue: Function, host: object, program: string, boot: object}} setup `boot` is the boot command
 */
export async function loadEngine({ createGlue, host, program, boot }) {
  const [Core, seed] = await Promise.all([loadCore(createGlue, host), host.random(16)]);
  const core = new Core(program, seed);
  try {
    return await restore(core, host, boot);
  } catch (error) {
    release(core);
    throw error;
  }
}

async function restore(core, host, boot) {
  const description = core.describe();
  const keys = keyNames(description.app, description.keys);
  const values = await readStorage(host, keys);
  const cache = { key: keys[description.keys], text: values.pop() };
  values.forEach((text, key) => loadValue(core, key, text));
  const booted = core.boot(JSON.stringify(boot), host.now(), host.offset_min());
  return { core, description, keys, cache, booted };
}
