// Starts the phone: called by the compiled app (simulator/app.js) with its configuration, templates and code.
import { ApiFailure } from './answer.mjs';
import { Chrome, TabBar } from './chrome.mjs';
import { Clock } from './clock.mjs';
import { Controls, readState } from './controls.mjs';
import { Framework } from './framework.mjs';
import { Gate } from './gate.mjs';
import { GIVEN_GLOBALS } from './hidden.mjs';
import { Lifecycle } from './lifecycle.mjs';
import { Loader } from './loader.mjs';
import { Network } from './network.mjs';
import { Overlay } from './overlay.mjs';
import { parseUrl } from './page.mjs';
import { Router } from './router.mjs';
import { Storage } from './storage.mjs';
import { createWasmApi } from './wasm.mjs';
import { createApi, loud } from './wx.mjs';

/** Puts the parts of a phone together; each knows the phone and asks it for the others. */
function createPhone(config) {
  const state = readState(localStorage);
  const phone = { config, ApiFailure, errors: [], appId: config.project.appid ?? 'touristappid' };
  phone.clock = new Clock(state.offset_ms);
  phone.gate = new Gate();
  phone.storage = new Storage(`mini-program:${phone.appId}`, localStorage);
  phone.network = new Network(phone.gate, state.offline);
  phone.overlay = new Overlay();
  phone.lifecycle = new Lifecycle(phone);
  phone.controls = new Controls(phone, localStorage);
  phone.tabBar = new TabBar(phone);
  phone.chrome = new Chrome(phone);
  phone.router = new Router(phone);
  phone.api = createApi(phone);
  phone.share = (from, target) => share(phone, from, target);
  return phone;
}

/** Asks the page for its share card and shows that it went out. */
function share(phone, from, target) {
  const card = phone.router.top.call('onShareAppMessage', { from, target }) ?? {};
  phone.overlay.toast({ title: `已转发：${card.title ?? document.title}`, icon: 'none' });
}

/** The values of GIVEN_GLOBALS by name. */
function givenGlobals(phone, loader) {
  const { lifecycle, router, clock, gate, framework } = phone;
  return {
    define: (file, body) => loader.define(file, body),
    wx: loud('wx', phone.api),
    WXWebAssembly: createWasmApi(phone),
    App: (definition) => lifecycle.define(definition),
    ...framework.definers(),
    getApp: () => lifecycle.app,
    getCurrentPages: () => router.stack.map(({ instance }) => instance),
    global: {},
    Date: clock.Date,
    ...gate.timers,
  };
}

/** Where the app starts: the address's `#/pages/a/a?x=1`, else the entry page with the address's own `?scene=1007&x=1`. */
function launchTarget({ app, pages }) {
  const asked = location.hash.replace(/^#/, '');
  const search = new URLSearchParams(location.search);
  const scene = Number(search.get('scene')) || undefined;
  search.delete('scene');
  const entry = `/${app.entryPagePath ?? pages[0]}${search.size > 0 ? `?${search}` : ''}`;
  const url = pages.includes(parseUrl(asked).path) ? asked : entry;
  return { url, scene, ...parseUrl(url) };
}

function loadApp(phone, loader, run) {
  const globals = givenGlobals(phone, loader);
  run(...GIVEN_GLOBALS.map((name) => globals[name]));
  phone.framework.define('app', () => loader.load('app.js'));
  for (const path of Object.keys(phone.config.components)) {
    phone.framework.define(path, () => loader.load(`${path}.js`));
  }
}

/** A killed app: a screen to open it again. */
function showClosed(phone) {
  const button = document.createElement('button');
  button.className = 'phone-closed';
  button.textContent = '小程序已关闭，点按重新打开';
  button.addEventListener('click', () => phone.controls.relaunch());
  document.body.append(button);
}

window.__boot = (config, makeTemplates, run) => {
  const phone = createPhone(config);
  window.__simulator = phone.controls;
  if (phone.controls.state.closed) {
    showClosed(phone);
    return;
  }
  phone.framework = new Framework(phone, makeTemplates(phone.clock.Date));
  const loader = new Loader();
  const target = launchTarget(config);
  phone.lifecycle.prepare(target);
  loadApp(phone, loader, run);
  phone.lifecycle.launch();
  phone.router.reLaunch(target.url);
};
