/** The benches run, and what does not depend on the machine holds even for a short run. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { shown, table } from '../../bench/table.mjs';

const RUN = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));

test('a short run measures the package and its rivals', () => {
  const lines = JSON.parse(execFileSync('node', [RUN, '--smoke', '--json'], { encoding: 'utf8', timeout: 120000 }));
  const named = (start) => lines.filter(({ name }) => name.startsWith(start));
  for (const { name, ours } of lines) assert.ok(Number.isFinite(ours), name);
  assert.equal(named('crash').length, 2);
  const lossesOf = (rival) => named('an hour offline')[0].theirs[rival];
  assert.deepEqual([lossesOf(0), lossesOf(1)], [0, 0], 'thirty events are few enough for the rivals too');
  assert.equal(named('frozen on hide')[0].theirs[1], 8, 'the model must show what freezing costs Umeng');
  for (const lossless of ['crash, network', 'an hour', 'answers', 'frozen']) {
    named(lossless).forEach(({ name, ours, goal }) => assert.ok(ours <= goal, `${name}: ${ours}`));
  }
  const differing = lines.filter(({ name }) => name.endsWith("differ from the SDK's"));
  assert.deepEqual(differing.map(({ ours }) => ours), [0, 0]);
  assert.equal(lines.filter(({ theirs = [] }) => theirs[2] > 0).length, 10);
  const [upload] = named('300-event day');
  assert.ok(upload.ours > 0 && upload.ours * 10 < Math.min(...upload.theirs), JSON.stringify(upload));
});

test('the table says which goals are missed', () => {
  const text = table([{ name: 'a', ours: 2, theirs: [8, 4], goal: 1 }, { name: 'b', unit: 's', ours: 0.5, goal: 1 }, { name: 'c', ours: 1234 }]);
  const [head, a, b, c] = text.split('\n').map((each) => each.trim().split(/\s{2,}/));
  assert.deepEqual(head, ['huitou', 'Sensors', 'Umeng', 'GrowthBook', 'best/ours', 'goal']);
  assert.deepEqual(a, ['a', '2', '8', '4', '–', '2.0', '≤ 1', 'MISSED']);
  assert.deepEqual(b, ['b, s', '0.5', '–', '–', '–', '–', '≤ 1', 'met']);
  assert.deepEqual(c, ['c', '1,234', '–', '–', '–', '–']);
  assert.equal(shown(undefined), '–');
});
