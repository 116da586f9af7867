import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asCommonJs } from './commonjs.mjs';

const load = (source) => new Function('module', source + 'return module.exports;')({});

test('exports are those of the module, and __esModule is there without being listed', () => {
  const loaded = load(asCommonJs('var a=1,open=2,$=3;export{a as version,open,$ as hosts};\n'));
  assert.deepEqual({ ...loaded }, { version: 1, open: 2, hosts: 3 });
  assert.equal(loaded.__esModule, true);
});

test('a bundle of another form is refused', () => {
  assert.throws(() => asCommonJs('export const a = 1;'), /one export clause/);
});
