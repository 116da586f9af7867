/** Mini-programs: WeChat and platforms of its shape. CommonJS, ES2017. */
import { createGlue } from '#glue';
import { createOpen } from './open.js';
import { ttHost } from './host-tt.js';
import { wxHost } from './host-wx.js';

export { HuitouError } from './error.js';
export { version } from './version.js';

export const hosts = { wx: wxHost, tt: ttHost };

/** Douyin's `tt` first: it also offers a `wx` of its own to ported code. */
export const open = createOpen(createGlue, () => (typeof tt === 'undefined' ? wxHost() : ttHost()));
