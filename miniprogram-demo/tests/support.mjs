// A WeChat small enough for the services: storage, and calls that are noted.
import { createRequire } from 'node:module';

/** Loads a module of the shop afresh, with a `wx` of its own. */
export function shop() {
  const stored = new Map();
  const calls = [];
  const note = (name) => (options) => { calls.push({ name, options }); };
  globalThis.wx = {
    getStorageSync: (key) => (stored.has(key) ? JSON.parse(stored.get(key)) : ''),
    setStorageSync: (key, value) => stored.set(key, JSON.stringify(value)),
    removeStorageSync: (key) => stored.delete(key),
    setTabBarBadge: note('setTabBarBadge'),
    removeTabBarBadge: note('removeTabBarBadge'),
    request: note('request'),
  };
  const require = createRequire(import.meta.url);
  for (const file of Object.keys(require.cache)) delete require.cache[file];
  return { require, calls, stored };
}
