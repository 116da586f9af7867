// The `wx` object: what the simulator has, and a loud refusal for all the rest.
import { asynchronous } from './answer.mjs';
import { deviceApi } from './device.mjs';
import { networkApi } from './network.mjs';
import { overlayApi } from './overlay.mjs';
import { createSelectorQuery } from './query.mjs';
import { routerApi } from './router.mjs';
import { storageApi } from './storage.mjs';

// Asked by the language itself (await, JSON, string conversion), never a wx function.
const SILENT = new Set(['then', 'toJSON', 'toString', 'valueOf', 'constructor']);

/** Wraps `api` so that a missing member throws instead of being undefined. */
export function loud(name, api) {
  return new Proxy(api, {
    get(target, member) {
      if (member in target) return target[member];
      if (typeof member === 'symbol' || SILENT.has(member)) return undefined;
      throw new Error(
        `${name}.${member} is not implemented by the simulator: ask with ${name}.canIUse('${member}') first, or add it to simulator/host/`,
      );
    },
  });
}

function appearanceApi(phone) {
  const page = () => phone.router.top;
  const api = (name, work) => asynchronous(phone, name, work);
  return {
    setNavigationBarTitle: api('setNavigationBarTitle', ({ title }) => {
      page().bar.setTitle(title);
      phone.chrome.follow(page());
    }),
    setNavigationBarColor: api('setNavigationBarColor', ({ backgroundColor, frontColor }) => {
      page().bar.setColors(backgroundColor, frontColor);
      phone.chrome.follow(page());
    }),
    setTabBarBadge: api('setTabBarBadge', ({ index, text }) => phone.tabBar.setBadge(index, String(text))),
    removeTabBarBadge: api('removeTabBarBadge', ({ index }) => phone.tabBar.setBadge(index, '')),
    stopPullDownRefresh: api('stopPullDownRefresh', () => {}),
  };
}

function lifecycleApi(phone) {
  const subscribe = (listeners) => (listener) => { listeners.add(listener); };
  const unsubscribe = (listeners) => (listener) => { if (listener) listeners.delete(listener); else listeners.clear(); };
  const { shown, hidden, failed } = phone.lifecycle.listeners;
  return {
    onAppShow: subscribe(shown),
    offAppShow: unsubscribe(shown),
    onAppHide: subscribe(hidden),
    offAppHide: unsubscribe(hidden),
    onError: subscribe(failed),
    offError: unsubscribe(failed),
    getLaunchOptionsSync: () => phone.lifecycle.launchOptions,
    getEnterOptionsSync: () => phone.lifecycle.enterOptions,
  };
}

/** All implemented members of `wx`. */
export function createApi(phone) {
  const api = {
    ...storageApi(phone),
    ...networkApi(phone, asynchronous),
    ...routerApi(phone),
    ...overlayApi(phone),
    ...deviceApi(phone),
    ...appearanceApi(phone),
    ...lifecycleApi(phone),
    createSelectorQuery: () => createSelectorQuery(phone),
    canIUse: (name) => name.split('.')[0] in api,
  };
  return api;
}
