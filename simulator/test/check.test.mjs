// The checks must refuse broken mini-programs, one mistake each.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { checkProject } from '../check.mjs';
import { copyFixture, FIXTURE, temporaryFolder } from './fixture.mjs';

const APP = JSON.parse(fs.readFileSync(path.join(FIXTURE, 'app.json'), 'utf8'));
const app = (change) => ({ 'app.json': JSON.stringify({ ...APP, ...change }) });
const tabs = (...list) => app({ tabBar: { ...APP.tabBar, list } });

describe('checking', () => {
  const folder = temporaryFolder();
  after(() => fs.rmSync(folder, { recursive: true }));

  it('passes a good mini-program', () => {
    const { problems, bytes } = checkProject(FIXTURE);
    assert.deepEqual(problems.lines(), []);
    assert.ok(bytes > 1000 && bytes < 100000);
  });

  const broken = [
    ['WXML that wcc refuses', { 'pages/me/me.wxml': '<view><text></view>' }, 'pages/me/me.wxml:1:14 expect end-tag `text`., near `view`'],
    ['an expression that wcc refuses', { 'pages/me/me.wxml': '<view>\n{{a +}}</view>' }, /pages\/me\/me\.wxml:\d+:\d+ .*Bad value/],
    ['inline WXS that wcc refuses', { 'pages/me/me.wxml': '<wxs module="a">var x = ;</wxs>' }, /pages\/me\/me\.wxml:1:8 Expected exp/],
    ['WXSS that wcsc refuses', { 'pages/me/me.wxss': '.a { color: red; } }' }, /pages\/me\/me\.wxss/],
    ['a missing wxml', { 'pages/me/me.wxml': null }, 'app.json pages/me/me: its .wxml or .js is missing'],
    ['a missing script', { 'pages/me/me.js': null }, 'app.json pages/me/me: its .wxml or .js is missing'],
    ['a require of nothing', { 'utils/log.js': "require('./nope');" }, "utils/log.js require('./nope') is not found"],
    ['an unknown tag', { 'pages/me/me.wxml': '<view>\n <foo/></view>' }, 'pages/me/me.wxml:2:2 <foo> is neither a component of the app nor a built-in that the simulator draws'],
    ['a handler that is not there', { 'pages/me/me.wxml': '<view bindtap="onNothing" />' }, 'pages/me/me.wxml:1:7 handler onNothing is not defined'],
    ['a local file in WXSS', { 'pages/me/me.wxss': '.a { background: url(/images/logo.svg); }' }, 'pages/me/me.wxss:1:18 url(/images/logo.svg): WXSS can only use data: and https: addresses'],
    ['an unknown member of app.json', app({ tabbar: {} }), 'app.json tabbar: expected a name that WeChat knows'],
    ['a wrong type', app({ window: { navigationBarTextStyle: 'green' } }), 'app.json window.navigationBarTextStyle: expected one of black, white'],
    ['a wrong colour', { 'pages/me/me.json': '{"backgroundColor": "red"}' }, 'pages/me/me.json backgroundColor: expected a colour like #rrggbb'],
    ['one tab', tabs(APP.tabBar.list[0]), 'app.json tabBar.list: expected 2 to 5 items'],
    ['a tab of no page', tabs(APP.tabBar.list[0], { pagePath: 'pages/nope/nope', text: '无' }), 'app.json tabBar.list[1].pagePath: is not one of pages'],
    ['a tab icon of the wrong kind', tabs(APP.tabBar.list[0], { ...APP.tabBar.list[1], iconPath: 'images/logo.svg' }), 'app.json tabBar.list[1].iconPath: expected a PNG or JPEG'],
    ['a tab icon that is missing', tabs(APP.tabBar.list[0], { ...APP.tabBar.list[1], iconPath: 'images/nope.png' }), 'app.json tabBar.list[1].iconPath: images/nope.png is not found'],
    ['a component that does not say so', { 'components/card/card.json': '{}' }, 'pages/home/home.json usingComponents.count-card: components/card/card.json needs "component": true'],
    ['too many bytes', { 'images/big.png': 'x'.repeat(2 * 1024 * 1024) }, /the package has \d+ bytes, WeChat takes 2097152/],
  ];
  for (const [title, changes, expected] of broken) {
    it(`refuses ${title}`, () => {
      const lines = checkProject(copyFixture(folder, changes)).problems.errors.map(({ file, line, column, message }) => (
        `${[file, line, column].filter((part) => part !== undefined).join(':')} ${message}`
      ));
      const matches = (text) => (expected instanceof RegExp ? expected.test(text) : text === expected);
      assert.ok(lines.some(matches), `expected ${expected}, got:\n${lines.join('\n')}`);
    });
  }
});
