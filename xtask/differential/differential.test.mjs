/** A short run of the comparison, and that it notices what it should. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differs } from './compare.mjs';
import { differential } from './differential.mjs';
import { DIFFERENCES, SEVERAL, THROWN } from './differences.mjs';
import { shrink } from './shrink.mjs';

const OPTIONS = { enabled: true, qa: false, query: '', forced: {} };
const EMPTY = { experiments: [], savedGroups: {}, contextualBandits: {} };

/** A feature with one rule, and somebody. */
function example(rule, attributes) {
  const payload = { ...EMPTY, features: { f: { defaultValue: 0, rules: [rule] } } };
  return { payload, options: OPTIONS, attributes, question: { kind: 'feature', of: 'f' } };
}

test('2,000 pairs differ only where it is documented', async () => {
  const found = await differential({ pairs: 2000, seed: 'short' });
  assert.equal(found.pairs, 2000);
  assert.equal(found.unlisted, null, JSON.stringify(found.unlisted));
  assert.ok(found.agreed > found.answers * 0.95, JSON.stringify(found));
  const known = [...Object.keys(DIFFERENCES), THROWN, SEVERAL];
  assert.deepEqual(Object.keys(found.listed).filter((name) => !known.includes(name)), []);
});

test('each documented difference is one, and is explained by its own name', () => {
  const cases = {
    'no condition': example({ condition: 5, force: 1 }, {}),
    'regular expression': example({ condition: { a: { $regex: '(?=x)x' } }, force: 1 }, { a: 'x' }),
    '$notRegex': example({ condition: { a: { $notRegex: 'x' } }, force: 1 }, { a: 'y' }),
    numeral: example({ condition: { country: 16 }, force: 1 }, { country: '0x10' }),
    'inherited name': example({ condition: { constructor: { $exists: true } }, force: 1 }, {}),
    'empty list as the person': example({ variations: [1, 2] }, { id: [] }),
    'wrong type in a rule': example({ force: 1, coverage: '1' }, { id: 'u_000001' }),
    [THROWN]: example({ condition: { $not: null }, force: 1 }, {}),
  };
  assert.deepEqual(Object.keys(cases).sort(), [...Object.keys(DIFFERENCES), THROWN].sort());
  for (const [name, one] of Object.entries(cases)) assert.equal((differs(one) || {}).reason, name);
});

test('under compat 0.8 conditions are as loose as in the SDK', () => {
  const alike = [
    [{ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }], [{ a: {} }, { a: {} }], [{ a: {} }, { a: 5 }], [{ a: { $not: { $regx: 1 } } }, { a: 1 }],
    [{ a: { $elemMatch: { $or: [{ b: 1 }] } } }, { a: [{ b: 1 }] }], [{ a: { $elemMatch: {} } }, { a: [1] }], [{ a: { $alli: ['TRUE'] } }, { a: [true] }],
    [{ a: '5' }, { a: 5 }], [{ a: 5 }, { a: ' 5 ' }], [{ a: { $gt: '10' } }, { a: 9 }],
  ];
  for (const [condition, attributes] of alike) assert.equal(differs(example({ condition, force: 1 }, attributes)), null, JSON.stringify(condition));
});

test('a case is made smaller as long as it shows the same', () => {
  const big = { attributes: { a: 1, b: [1, 2, { c: 3 }] }, options: { d: 4 } };
  const smallest = shrink(big, ({ attributes }) => Boolean(attributes && attributes.b && attributes.b.some((each) => each.c)));
  assert.deepEqual(smallest, { attributes: { b: [{ c: 3 }] }, options: {} });
});
