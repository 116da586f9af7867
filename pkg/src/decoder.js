import { HuitouError, isDeliberate, toHuitouError } from './error.js';
import { importsOf } from './loader.js';

/** A fresh instance, made synchronously: a backend may do that, a phone may not. */
function instantiate(createGlue, bytes) {
  const glue = createGlue();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), importsOf(glue));
  glue.__wbg_set_wasm(exports);
  return glue;
}

/**
 * Calls functions of the server's module. It is loaded at the first call and again after a trap.
 * @param {Function} createGlue
 * @param {() => BufferSource} readModule
 * @returns {(name: string, ...args: unknown[]) => any}
 */
export function createCaller(createGlue, readModule) {
  let glue = null;
  return function call(name, ...args) {
    if (glue === null) glue = instantiate(createGlue, readModule());
    try {
      return glue[name](...args);
    } catch (error) {
      if (!isDeliberate(error)) glue = null;
      throw toHuitouError(error);
    }
  };
}

/** Makes `decodeUpload`; what became of the bytes is written in server.d.ts. */
export function createDecoder(call) {
  return function decodeUpload(bytes, findNames) {
    if (!(bytes instanceof Uint8Array)) throw new HuitouError('upload_malformed', 'expected a Uint8Array');
    const first = call('decode_upload', bytes, undefined);
    const names = first.unknown === undefined || !findNames ? undefined : findNames(first.unknown);
    return names === undefined || names === null ? first : call('decode_upload', bytes, names);
  };
}
