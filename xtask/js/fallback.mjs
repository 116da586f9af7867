/**
 * The engine as plain JavaScript, for phones without WebAssembly: wasm2js's module as a function of its imports.
 *
 * wasm2js keeps memory in an ArrayBuffer that it replaces when the memory grows. A real WebAssembly memory detaches
 * the old buffer, by which the glue notices that its views are stale; here they would silently show old bytes. So
 * memory grows once, before the glue has looked at it, and from then on growing fails as it does on a full phone:
 * the engine traps and is restarted, instead of working on wrong bytes.
 */

/** Bytes set aside at the start. The engine's state is bounded far below it. */
const HEAP_BYTES = 4 * 1024 * 1024;

const GLUE_IMPORT = /^import \* as \S+ from '\.\/huitou_bg\.js';$/m;
const INSTANCE = /^var retasmFunc = asmFunc\([\s\S]*$/m;
const GROW = /function __wasm_memory_grow\(pagesToAdd\) \{/;

/**
 * @param {string} source what wasm2js wrote
 * @returns {string} source of a module that exports `createModule(imports)`, which returns fresh exports
 */
export function fallbackModule(source) {
  let body = replaceOnce(source, GLUE_IMPORT, '');
  body = replaceOnce(body, INSTANCE, '');
  body = replaceOnce(body, GROW, '$& if (grown) return -1; grown = true;');
  if (/^(import|export) /m.test(body)) throw new Error('wasm2js wrote an import that the fallback has no answer to');
  return `export function createModule(imports) {
let grown = false;
${body}
const exports = asmFunc(imports);
exports.free(exports.malloc(${HEAP_BYTES}, 1), ${HEAP_BYTES}, 1);
return exports;
}
`;
}

function replaceOnce(text, pattern, replacement) {
  if (text.split(pattern).length !== 2) throw new Error('wasm2js no longer writes one ' + pattern);
  return text.replace(pattern, replacement);
}
