/**
 * What "build npm" of WeChat's developer tools makes of the packages.
 *
 * Its rule (miniprogram-ci, packNpm): of a dependency whose package.json has a `miniprogram` field, that folder is copied
 * as it is, whatever the files in it are, to miniprogram_npm/<name>; nothing else of the package is. The tool itself is
 * too heavy to install for a test (276 MB), so the rule is followed here. Recorded on 2026-11-22 with miniprogram-ci
 * 2.1.42, packNpmManually, on the packed archives of both packages: {"miniProgramPackNum":2,"otherNpmPackNum":0,
 * "warnList":[]}, and exactly the files expected below under miniprogram_npm/huitou and miniprogram_npm/huitou-fallback.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { pathOf } from './support/built.js';

/** Files that npm would publish. */
function published(folder) {
  const out = execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], { cwd: pathOf(folder), encoding: 'utf8' });
  return JSON.parse(out)[0].files.map(({ path }) => path);
}

/** Files that "build npm" copies, as they are called then. */
function copied(folder) {
  const { miniprogram } = JSON.parse(readFileSync(pathOf(folder + 'package.json')));
  const inside = published(folder).filter((path) => path.startsWith(miniprogram + '/'));
  return inside.map((path) => path.slice(miniprogram.length + 1)).sort();
}

test('build npm copies the script, the module and the types', () => {
  assert.deepEqual(copied('./'), ['huitou.wasm.br', 'index.d.ts', 'index.js']);
  assert.deepEqual(copied('fallback/'), ['index.js']);
  assert.deepEqual(copied('decrypt/'), ['index.js']);
});

test('npm publishes every entry that package.json names, and no source or test', () => {
  const files = published('./');
  const manifest = JSON.parse(readFileSync(pathOf('package.json')));
  const entriesOf = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(entriesOf));
  const entries = entriesOf([manifest.main, manifest.module, manifest.types, manifest.exports]);
  entries.forEach((entry) => assert.ok(files.includes(entry.slice(2)), entry));
  assert.deepEqual(files.filter((file) => !/^(dist\/|index\.d\.ts|server\.d\.ts|README\.md|package\.json)/.test(file)), []);
});

test('the copied files are what a mini-program can load', () => {
  const advice = "require('huitou-fallback')";
  const script = readFileSync(pathOf('dist/miniprogram/index.js'), 'utf8').replace(advice, '');
  assert.doesNotMatch(script, /\b(require|import)\s*\(/, 'it stands alone');
  assert.doesNotMatch(script, /\beval\b|new Function\b/);
  const module = brotliDecompressSync(readFileSync(pathOf('dist/miniprogram/huitou.wasm.br')));
  assert.ok(module.equals(readFileSync(pathOf('dist/node/huitou.wasm'))), 'one module for all');
  assert.equal(readFileSync(pathOf('dist/miniprogram/index.d.ts'), 'utf8'), readFileSync(pathOf('index.d.ts'), 'utf8'));
});

test('README names every code that the package throws', () => {
  const readme = readFileSync(pathOf('README.md'), 'utf8');
  const sources = readdirSync(pathOf('src')).map((file) => readFileSync(pathOf('src/' + file), 'utf8')).join('');
  const codes = [...sources.matchAll(/new HuitouError\('(\w+)'/g)].map(([, code]) => code);
  assert.ok(codes.length > 10);
  const ofServers = ['upload_malformed', 'ledger_not_json'];
  codes.filter((code) => !ofServers.includes(code)).forEach((code) => assert.ok(readme.includes('`' + code + '`'), code));
});
