// Opens a built mini-program in headless Chromium.
import fs from 'node:fs';
import process from 'node:process';
import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const STEP_MS_MAX = 5000;

/** Path of the browser: CHROME, or where Debian puts it. */
export const CHROME = process.env.CHROME || '/usr/bin/chromium';

/** Why browser tests can't run here; false when they can. Under CI they must, and fail instead. */
export const skipReason = fs.existsSync(CHROME) || process.env.CI === 'true' ? false : `no browser at ${CHROME}: set CHROME`;

/** Starts the browser. */
export function launch() {
  return chromium.launch({ executablePath: CHROME, args: ARGUMENTS });
}

/** A phone in the browser, driven by mouse or by touch. */
export class Phone {
  constructor(page, isTouch) {
    this.page = page;
    this.isTouch = isTouch;
    this.errors = [];
    page.setDefaultTimeout(STEP_MS_MAX);
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  /** Opens the built app at `url` in a fresh storage. */
  static async open(browser, url, { isTouch = false, viewport = { width: 390, height: 844 } } = {}) {
    const context = await browser.newContext({ viewport, deviceScaleFactor: 2, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', hasTouch: isTouch });
    const phone = new Phone(await context.newPage(), isTouch);
    await phone.page.goto(url);
    await phone.ready();
    return phone;
  }

  /** Waits until the app runs. */
  async ready() {
    await this.page.waitForURL(({ pathname }) => pathname.endsWith('/phone.html'));
    await this.page.waitForSelector('.phone-page wx-page-root', { state: 'attached' });
  }

  /** Something on the page in front. */
  find(selector) {
    return this.page.locator(`.phone-page:not([hidden]):not(.phone-slide-out)`).last().locator(selector).first();
  }

  /** Touches something on the page in front. */
  async tap(selector) {
    await this.touch(this.find(selector));
  }

  /** Touches something of the phone itself. */
  async touch(locator) {
    if (this.isTouch) await locator.tap();
    else await locator.click();
  }

  /** Moves a finger (or the pressed mouse) by some pixels. */
  async drag(selector, { x = 0, y = 0 }) {
    const target = this.find(selector);
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    if (this.isTouch) await this.#dragFinger(from, { x, y });
    else await this.#dragMouse(from, { x, y });
  }

  async #dragMouse(from, by) {
    await this.page.mouse.move(from.x, from.y);
    await this.page.mouse.down();
    await this.page.mouse.move(from.x + by.x / 2, from.y + by.y / 2, { steps: 4 });
    await this.page.mouse.move(from.x + by.x, from.y + by.y, { steps: 4 });
    await this.page.mouse.up();
  }

  async #dragFinger(from, by) {
    const session = await this.page.context().newCDPSession(this.page);
    const send = (type, part) => session.send('Input.dispatchTouchEvent', {
      type, touchPoints: type === 'touchEnd' ? [] : [{ x: from.x + by.x * part, y: from.y + by.y * part }],
    });
    await send('touchStart', 0);
    for (const part of [0.2, 0.4, 0.6, 0.8, 1]) await send('touchMove', part);
    await send('touchEnd', 1);
    await session.detach();
  }

  /** The text of something on the page in front. */
  text(selector) {
    return this.find(selector).innerText();
  }

  /** Waits until something on the page in front shows a text. */
  async waitText(selector, expected) {
    const isRegExp = expected instanceof RegExp;
    const end = Date.now() + STEP_MS_MAX;
    let seen;
    do {
      seen = await this.text(selector);
      if (isRegExp ? expected.test(seen) : seen === expected) return seen;
      await this.page.waitForTimeout(30);
    } while (Date.now() < end);
    throw new Error(`${selector} shows ${JSON.stringify(seen)}, expected ${isRegExp ? expected : JSON.stringify(expected)}`);
  }

  /** Calls one of the simulator's controls. */
  control(name, ...args) {
    return this.page.evaluate(([method, values]) => window.__simulator[method](...values), [name, args]);
  }

  /** Calls a control that ends the process, and waits for the next one. */
  async restart(name = 'relaunch', ...args) {
    const loaded = this.page.waitForEvent('load');
    await this.control(name, ...args).catch(() => {}); // the answer is lost with the process
    await loaded;
  }

  /** Data of the page in front. */
  async data() {
    return (await this.control('page')).data;
  }

  /** Ends it. */
  close() {
    return this.page.context().close();
  }
}
