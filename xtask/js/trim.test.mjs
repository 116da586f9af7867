import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withOwnUtf8, withoutCachedView, withoutFinalizer } from './trim.mjs';

const GLUE = `export class Core {
    free() {
        wasm.__wbg_core_free(this.__wbg_ptr, 0);
    }
    boot(options) {
        const ptr0 = passStringToWasm0(options, wasm.malloc, wasm.realloc);
        var r1 = getDataViewMemory0().getInt32(retptr + 4 * 1, true);
        CoreFinalization.register(this, this.__wbg_ptr, this);
    }
}
if (Symbol.dispose) Core.prototype[Symbol.dispose] = Core.prototype.free;
const CoreFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_core_free(ptr, 1));
let cachedDataViewMemory0 = null;
function getDataViewMemory0() {
    if (cachedDataViewMemory0 === null) {
        cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
    }
    return cachedDataViewMemory0;
}
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
  assert.match(trimmed, /passStringToWasm0.*\n.*getInt32.*\n {4}\}\n\}\n/);
});

test('texts go through our own functions', () => {
  const trimmed = withOwnUtf8(GLUE);
  assert.doesNotMatch(trimmed, /Text(De|En)coder|realloc/);
  assert.match(trimmed, /decodeUtf8\(getUint8ArrayMemory0/);
  assert.match(trimmed, /passArray8ToWasm0\(encodeUtf8\(arg\), malloc\)/);
});

test('a result is read word by word', () => {
  const trimmed = withoutCachedView(GLUE);
  assert.doesNotMatch(trimmed, /DataView/);
  assert.match(trimmed, /var r1 = word\(retptr, 1\);/);
  assert.match(trimmed, /^\}\nfunction getStringFromWasm0/m);
});

test('glue of another form stops the build', () => {
  assert.throws(() => withoutFinalizer('export class Core {}'), /nothing like/);
  assert.throws(() => withoutCachedView('export class Core {}'), /nothing like/);
  assert.throws(() => withOwnUtf8('export class Core {}'), /nothing like/);
});
