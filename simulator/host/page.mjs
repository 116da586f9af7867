// One page on the stack: its bar, its scrolling area, its instance and its lifecycle.
import { NavigationBar } from './navigation-bar.mjs';

const REACH_BOTTOM_PX = 50;

/** Splits '/pages/a/a?x=1' into its path and query. WeChat leaves values as they are written: nothing is decoded. */
export function parseUrl(url) {
  const [path, search = ''] = url.replace(/^\//, '').split('?');
  const pairs = search.split('&').filter(Boolean).map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { path, query: Object.fromEntries(pairs) };
}

/** A page that has been opened. */
export class PageView {
  constructor(phone, { path, query }) {
    this.phone = phone;
    this.path = path;
    this.query = query;
    this.config = { ...phone.config.app.window, ...phone.config.components[path] };
    this.isTab = phone.tabBar.has(path);
    this.element = document.createElement('div');
    this.element.className = `phone-page${this.isTab ? ' is-tab' : ''}${this.config.navigationStyle === 'custom' ? ' is-custom' : ''}`;
    this.element.dataset.page = path;
    this.bar = new NavigationBar(phone, this);
    this.#addViewport();
  }

  #addViewport() {
    this.viewport = document.createElement('div');
    this.viewport.className = 'phone-viewport';
    this.scroller = document.createElement('wx-page');
    this.scroller.dataset.page = this.path;
    this.scroller.style.backgroundColor = this.config.backgroundColorContent ?? '';
    this.viewport.append(this.scroller);
    this.element.append(this.bar.element, this.viewport);
    this.scroller.addEventListener('scroll', () => this.#onScroll());
  }

  /** Makes the instance and runs onLoad and onShow. */
  open() {
    const { framework, gate } = this.phone;
    this.root = framework.createRoot(this.path);
    this.instance = this.root.get();
    Object.assign(this.instance, { route: this.path, options: this.query });
    framework.attach(this.root, this.scroller);
    this.call('onLoad', this.query);
    this.show();
    requestAnimationFrame(() => gate.run(() => { if (this.root) this.call('onReady'); }));
  }

  /** Calls one of the page's methods when it has it. */
  call(name, ...args) {
    if (typeof this.instance[name] !== 'function') return undefined;
    try {
      return this.instance[name](...args);
    } catch (error) {
      reportError(error);
      return undefined;
    }
  }

  /** The page comes to the front. */
  show() {
    this.call('onShow');
    this.root.getComponent().triggerPageLifetime('show', []);
  }

  /** The page is covered, or the app goes to the background. */
  hide() {
    this.call('onHide');
    this.root.getComponent().triggerPageLifetime('hide', []);
  }

  /** The page is gone. */
  unload() {
    this.call('onUnload');
    this.root.release();
    this.root = null;
  }

  #onScroll() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    this.phone.gate.run(() => {
      if (!this.root) return;
      this.call('onPageScroll', { scrollTop });
      const margin = this.config.onReachBottomDistance ?? REACH_BOTTOM_PX;
      const isAtBottom = scrollTop + clientHeight >= scrollHeight - margin;
      if (isAtBottom && !this.wasAtBottom) this.call('onReachBottom');
      this.wasAtBottom = isAtBottom;
    });
  }
}
