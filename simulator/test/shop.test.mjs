// The demo shop itself: every check that needs neither WeChat nor a browser.
import assert from 'node:assert/strict';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkProject } from '../check.mjs';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

it('the demo shop passes the official compilers and all checks', () => {
  const { problems } = checkProject(path.join(ROOT, 'miniprogram-demo'), { huitou: path.join(ROOT, 'pkg/dist/miniprogram') });
  assert.deepEqual(problems.lines(), []);
});
