/** Takes from wasm-bindgen's glue what never runs here. Each cut must find what it cuts, or the build stops. */

function replaceAll(glue, cuts) {
  return cuts.reduce((text, [pattern, replacement]) => {
    if (!pattern.test(text)) throw new Error('the glue has nothing like ' + pattern);
    return text.replace(pattern, replacement);
  }, glue);
}

const FINALIZER = [
  [/^ {4}free\(\) \{\n[^]*?^ {4}\}\n/m, ''],
  [/^if \(Symbol\.dispose\).*\n/m, ''],
  [/^const CoreFinalization = [^;]*;\n/m, ''],
  [/^ +CoreFinalization\..*\n/gm, ''],
];

/** A Core lives as long as its instance, and the instance's memory goes with it: nothing is freed one by one. */
export function withoutFinalizer(glue) {
  return replaceAll(glue, FINALIZER);
}

const STANDARD_UTF8 = [
  [/^let cachedTextDecoder = [^]*?(?=^let WASM_VECTOR_LEN)/m, ''],
  [/(^function getStringFromWasm0\(ptr, len\) \{\n)[^]*?(?=^\}\n)/m, '$1return decodeUtf8(getUint8ArrayMemory0().subarray(ptr, ptr + len));\n'],
  [/(^function passStringToWasm0\(arg, malloc), realloc\) \{\n[^]*?(?=^\}\n)/m, '$1) {\nreturn passArray8ToWasm0(encodeUtf8(arg), malloc);\n'],
  [/, wasm\.realloc\)/g, ')'],
];

const CACHED_VIEW = [
  [/getDataViewMemory0\(\)\.getInt32\((\w+) \+ 4 \* (\d), true\)/g, 'word($1, $2)'],
  [/^let cachedDataViewMemory0 = [^]*?^\}\n/m, 'function word(at, position) {\nreturn new Int32Array(wasm.memory.buffer, at)[position];\n}\n'],
];

/** Results of several words are rare, so they are read without a view that has to be kept true. */
export function withoutCachedView(glue) {
  return replaceAll(glue, CACHED_VIEW);
}

/** `pkg/src/utf8.js` instead of TextDecoder and TextEncoder; it is injected by name. */
export function withOwnUtf8(glue) {
  return replaceAll(glue, STANDARD_UTF8);
}
