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
 * Makes `decodeUpload`. The module is loaded at the first call and again after a trap.
 * @param {Function} createGlue
 * @param {() => BufferSource} readModule
 */
export function createDecoder(createGlue, readModule) {
  let glue = null;

  function receive(bytes, names) {
    if (glue === null) glue = instantiate(createGlue, readModule());
    try {
      return glue.decode_upload(bytes, names);
    } catch (error) {
      if (!isDeliberate(error)) glue = null;
      throw toHuitouError(error);
    }
  }

  /** What became of the bytes; docs in server.d.ts. */
  return function decodeUpload(bytes, findNames) {
    if (!(bytes instanceof Uint8Array)) throw new HuitouError('upload_malformed', 'expected a Uint8Array');
    const first = receive(bytes, undefined);
    const names = first.unknown === undefined || !findNames ? undefined : findNames(first.unknown);
    return names === undefined || names === null ? first : receive(bytes, names);
  };
}
