/** Bundlers: web pages, and frameworks that compile to mini-programs (Taro, uni-app). */
import { createGlue } from '#glue';
import { createOpen } from './open.js';
import { browserHost } from './host-browser.js';
import { ttHost } from './host-tt.js';
import { wxHost } from './host-wx.js';

export { HuitouError } from './error.js';
export { version } from './version.js';

export const hosts = { wx: wxHost, tt: ttHost, browser: browserHost };

function defaultHost() {
  if (typeof tt !== 'undefined' && typeof tt.setStorage === 'function') return ttHost();
  return typeof wx !== 'undefined' && typeof wx.setStorage === 'function' ? wxHost() : browserHost();
}

export const open = createOpen(createGlue, defaultHost);
