import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withOwnUtf8, withoutFinalizer } from './trim.mjs';

const GLUE = `export class Core {
    free() {
        wasm.__wbg_core_free(this.__wbg_ptr, 0);
    }
    boot(options) {
        const ptr0 = passStringToWasm0(options, wasm.malloc, wasm.realloc);
        CoreFinalization.register(this, this.__wbg_ptr, this);
    }
}
if (Symbol.dispose) Core.prototype[Symbol.dispose] = Core.prototype.free;
const CoreFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_core_free(ptr, 1));
function getStringFromWasm0(ptr, len) {
    return cachedTextDecoder.decode(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}
function passStringToWasm0(arg, malloc, realloc) {
    return realloc(cachedTextEncoder.encode(arg));
}
let cachedTextDecoder = new TextDecoder();
const cachedTextEncoder = new TextEncoder();
let WASM_VECTOR_LEN = 0;
`;

test('nothing of the finalizer stays', () => {
  const trimmed = withoutFinalizer(GLUE);
  assert.doesNotMatch(trimmed, /free|Finalization|dispose/);
  assert.match(trimmed, /boot\(options\) \{\n.*passStringToWasm0.*\n {4}\}\n\}\n/);
});

test('texts go through our own functions', () => {
  const trimmed = withOwnUtf8(GLUE);
  assert.doesNotMatch(trimmed, /Text(De|En)coder|realloc/);
  assert.match(trimmed, /decodeUtf8\(getUint8ArrayMemory0/);
  assert.match(trimmed, /passArray8ToWasm0\(encodeUtf8\(arg\), malloc\)/);
});

test('glue of another form stops the build', () => {
  assert.throws(() => withoutFinalizer('export class Core {}'), /nothing like/);
  assert.throws(() => withOwnUtf8('export class Core {}'), /nothing like/);
});
