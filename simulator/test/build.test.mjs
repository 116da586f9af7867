// The compiler: resolution, units, selectors, and mistakes with their place.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { buildProject } from '../build/bundle.mjs';
import { packageFolder, Project } from '../build/project.mjs';
import { convertSelector } from '../build/style.mjs';
import { convertUnits, toPixels } from '../host/units.mjs';
import { copyFixture, FIXTURE, temporaryFolder } from './fixture.mjs';

describe('units', () => {
  const cases = [
    ['75rpx', '10vw'], ['-1rpx solid', '-0.13333vw solid'], ['.5rpx', '0.06667vw'], ['calc(100% - 20rpx)', 'calc(100% - 2.66667vw)'],
    ['50vh', 'calc(var(--page-height) * 0.5)'], ['env(safe-area-inset-bottom)', 'var(--safe-area-inset-bottom)'],
    ['constant(safe-area-inset-top, 0px)', 'var(--safe-area-inset-top)'], ['1px', '1px'],
  ];
  for (const [from, to] of cases) it(`${from} becomes ${to}`, () => assert.equal(convertUnits(from), to));

  it('reads lengths in pixels', () => {
    assert.deepEqual(['75rpx', '8px', '9', '', undefined, 'auto'].map((length) => toPixels(length, 390)), [39, 8, 9, 0, 0, 0]);
  });
});

describe('selectors', () => {
  const page = { page: 'pages/a/a' };
  const cases = [
    ['view', {}, 'wx-view'],
    ['.a .b', { scope: 'c1' }, '.c1--a .c1--b'],
    [':host .a', { scope: 'c1' }, '[wx-host=c1] .c1--a'],
    ['.a, text::after', page, ':where([data-page="pages/a/a"]) .a, :where([data-page="pages/a/a"]) wx-text::after'],
    ['page', page, 'wx-page:where([data-page="pages/a/a"])'],
    ['.a:not(.b, .c)', page, ':where([data-page="pages/a/a"]) .a:not(.b, .c)'],
  ];
  for (const [from, where, to] of cases) it(`${from} becomes ${to}`, () => assert.equal(convertSelector(from, where), to));
});

describe('a project', () => {
  const folder = temporaryFolder();
  after(() => fs.rmSync(folder, { recursive: true }));
  const write = (file, text) => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  };

  it('finds packages the way "build npm" copies them', () => {
    write('package/package.json', JSON.stringify({ name: 'p', miniprogram: 'dist/mp' }));
    write('package/dist/mp/index.js', 'exports.p = 1;');
    write('package/dist/mp/p.wasm.br', 'x');
    write('package/src/secret.js', '');
    write('app/app.json', '{}');
    assert.equal(packageFolder(path.join(folder, 'package')), path.join(folder, 'package/dist/mp'));
    const project = new Project(path.join(folder, 'app'), { p: path.join(folder, 'package') });
    assert.equal(project.resolve('pages/a/a.js', 'p', ['', '.js', '/index.js']), 'miniprogram_npm/p/index.js');
    assert.deepEqual(project.files(), ['app.json', 'miniprogram_npm/p/index.js', 'miniprogram_npm/p/p.wasm.br']);
  });

  it('resolves relative and absolute requests, and nothing outside', () => {
    const project = new Project(FIXTURE);
    assert.equal(project.resolve('pages/home/home.js', '../../utils/log', ['', '.js']), 'utils/log.js');
    assert.equal(project.resolve('pages/home/home.json', '/components/card/card', ['.json']), 'components/card/card.json');
    assert.equal(project.resolve('pages/home/home.js', 'log', ['', '.js']), null);
  });

  it('leaves out what packOptions ignores', () => {
    write('packed/project.config.json', JSON.stringify({ packOptions: { ignore: [{ type: 'folder', value: 'tools' }, { type: 'suffix', value: '.md' }] } }));
    write('packed/app.json', '{}');
    write('packed/tools/a.js', '');
    write('packed/README.md', '');
    assert.deepEqual(new Project(path.join(folder, 'packed')).packageFiles(), ['app.json', 'project.config.json']);
  });
});

describe('building', () => {
  const folder = temporaryFolder();
  after(() => fs.rmSync(folder, { recursive: true }));
  const out = path.join(folder, 'out');

  it('writes the app, its assets and nothing twice', () => {
    assert.deepEqual(buildProject(FIXTURE, out).problems.lines(), []);
    const files = ['index.html', 'phone.html', 'simulator/host.js', 'simulator/app.js', 'simulator/app.css', 'wasm/add.wasm.br', 'images/logo.svg'];
    for (const file of files) assert.ok(fs.existsSync(path.join(out, file)), file);
    fs.writeFileSync(path.join(out, 'stale.txt'), '');
    buildProject(FIXTURE, out);
    assert.ok(!fs.existsSync(path.join(out, 'stale.txt')));
  });

  it('refuses to empty a folder that it did not make', () => {
    const foreign = path.join(folder, 'foreign');
    fs.mkdirSync(foreign);
    fs.writeFileSync(path.join(foreign, 'precious.txt'), '');
    assert.throws(() => buildProject(FIXTURE, foreign), /choose another output folder/);
    assert.ok(fs.existsSync(path.join(foreign, 'precious.txt')));
  });

  const broken = [
    ['an element that is not closed', 'pages/me/me.wxml', '<view>\n  <text></view>', 'error pages/me/me.wxml:2:4 missing end tag'],
    ['a broken expression', 'pages/me/me.wxml', '<view>{{a +}}</view>', /^error pages\/me\/me\.wxml:1:\d+ unexpected character/],
    ['an unknown element', 'pages/me/me.wxml', '<view />\n<vieww />', 'error pages/me/me.wxml:2:1 <vieww> is neither a component of the app nor a built-in that the simulator draws'],
    ['a syntax error', 'pages/me/me.js', 'Page({\n  data: {,\n});', 'error pages/me/me.js:2:10 Expected identifier but found ","'],
    ['a missing module', 'pages/me/me.js', "require('../../utils/nope');\nPage({});", "error pages/me/me.js require('../../utils/nope') is not found"],
    ['a missing package', 'pages/me/me.js', "require('nope');\nPage({});", "error pages/me/me.js require('nope') is not found (is the package built? give it with --npm nope=FOLDER)"],
    ['an unclosed style', 'pages/me/me.wxss', '.a {\n  color: red;', 'error pages/me/me.wxss:1:1 Unclosed block'],
    ['a missing import', 'pages/me/me.wxss', '\n@import "nope.wxss";', 'error pages/me/me.wxss:2:1 @import "nope.wxss" is not found'],
    ['a missing WXS', 'pages/me/me.wxml', '<wxs src="nope.wxs" module="a" />', 'error pages/me/me.wxml <wxs src="nope.wxs"> is not found'],
    ['a missing component', 'pages/me/me.json', '{"usingComponents": {"a-b": "/nope"}}', 'error pages/me/me.json usingComponents.a-b: /nope is not found'],
    ['a broken JSON', 'pages/me/me.json', '{', /^error pages\/me\/me\.json is not JSON/],
    ['a missing page', 'app.json', '{"pages": ["pages/home/home", "pages/nope/nope"]}', 'error app.json pages/nope/nope: its .wxml or .js is missing'],
  ];
  for (const [title, file, text, expected] of broken) {
    it(`tells the place of ${title}`, () => {
      const project = copyFixture(folder, { [file]: text });
      const { problems } = buildProject(project, path.join(folder, 'broken'));
      const [line] = problems.lines();
      if (expected instanceof RegExp) assert.match(line, expected);
      else assert.equal(line, expected);
      assert.ok(!fs.existsSync(path.join(folder, 'broken')), 'nothing is written');
    });
  }

});
