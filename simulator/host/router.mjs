// The page stack with WeChat's rules: at most ten pages, tab pages kept, one instance per opened page.
import { ApiFailure, asynchronous } from './answer.mjs';
import { joinPath } from './loader.mjs';
import { PageView, parseUrl } from './page.mjs';

const STACK_MAX = 10; // WeChat's limit
const TRANSITION_MS = 250;

/** The pages that are open. */
export class Router {
  constructor(phone) {
    this.phone = phone;
    this.stack = [];
    this.tabs = new Map();
    this.element = document.getElementById('phone-pages');
  }

  /** The page in front. */
  get top() {
    return this.stack.at(-1);
  }

  /** Opens a page above the current one. */
  navigateTo(url) {
    const target = this.#target(url);
    if (this.phone.tabBar.has(target.path)) throw new ApiFailure('can not navigateTo a tabbar page');
    if (this.stack.length >= STACK_MAX) throw new ApiFailure(`webview count limit exceed: at most ${STACK_MAX} pages`);
    this.top.hide();
    this.#push(target, true);
  }

  /** Replaces the current page. */
  redirectTo(url) {
    const target = this.#target(url);
    if (this.phone.tabBar.has(target.path)) throw new ApiFailure('can not redirectTo a tabbar page');
    this.#remove(this.stack.pop());
    this.#push(target);
  }

  /** Closes everything and opens one page. */
  reLaunch(url) {
    const target = this.#target(url);
    for (const page of [...this.stack].reverse()) this.#remove(page);
    for (const page of this.tabs.values()) if (page.root) this.#remove(page);
    this.tabs.clear();
    this.stack = [];
    if (target.path && this.phone.tabBar.has(target.path)) this.#openTab(target);
    else this.#push(target);
  }

  /** Shows a tab page; pages above it are closed, other tabs stay. */
  switchTab(url) {
    const target = this.#target(url);
    if (!this.phone.tabBar.has(target.path)) throw new ApiFailure('can not switch to no-tabBar page');
    if (this.stack.length === 1 && this.top.path === target.path) return;
    while (this.stack.length > 1) this.#remove(this.stack.pop());
    const left = this.stack.pop();
    if (left?.isTab) {
      left.hide();
      left.element.hidden = true;
    } else if (left) this.#remove(left);
    this.#openTab(target);
  }

  /** Goes back some pages. */
  back(delta = 1) {
    const count = Math.min(delta, this.stack.length - 1);
    if (count < 1) return;
    const closed = this.stack.splice(-count);
    closed.slice(0, -1).forEach((page) => this.#remove(page));
    this.#remove(closed.at(-1), true);
    this.#restack();
    this.top.show();
  }

  /** `/pages/a/a?x=1`, `../a/a` or a path relative to the page in front, checked. */
  #target(url) {
    const [path, search] = String(url).split('?');
    const absolute = path.startsWith('/') || !this.top ? path : `/${joinPath(this.top.path, path)}`;
    const target = parseUrl(search === undefined ? absolute : `${absolute}?${search}`);
    if (!this.phone.config.pages.includes(target.path)) throw new ApiFailure(`page "${target.path}" is not found`);
    return target;
  }

  #openTab(target) {
    const kept = this.tabs.get(target.path);
    if (!kept) {
      this.#push(target);
      this.tabs.set(target.path, this.top);
      return;
    }
    kept.element.hidden = false;
    this.stack.push(kept);
    this.#restack();
    kept.show();
  }

  #push(target, isAnimated = false) {
    const page = new PageView(this.phone, target);
    this.stack.push(page);
    if (this.stack.length > 1) page.bar.addBack();
    this.element.append(page.element);
    if (isAnimated) slide(page.element, 'phone-slide-in');
    this.#restack();
    page.open();
  }

  #remove(page, isAnimated = false) {
    if (page.isTab) this.tabs.delete(page.path);
    page.unload();
    if (isAnimated) slide(page.element, 'phone-slide-out', () => page.element.remove());
    else page.element.remove();
  }

  /** Puts pages in their order and tells the phone which one is in front. */
  #restack() {
    this.stack.forEach((page, index) => { page.element.style.zIndex = page.isTab ? 1 : 20 + index; });
    this.phone.chrome.follow(this.top);
  }
}

function slide(element, name, after = () => {}) {
  element.classList.add(name);
  setTimeout(() => {
    element.classList.remove(name);
    after();
  }, TRANSITION_MS);
}

/** The navigation part of `wx`. */
export function routerApi(phone) {
  const route = (name, go) => asynchronous(phone, name, go);
  return {
    navigateTo: route('navigateTo', ({ url }) => phone.router.navigateTo(url)),
    redirectTo: route('redirectTo', ({ url }) => phone.router.redirectTo(url)),
    reLaunch: route('reLaunch', ({ url }) => phone.router.reLaunch(url)),
    switchTab: route('switchTab', ({ url }) => phone.router.switchTab(url)),
    navigateBack: route('navigateBack', ({ delta }) => phone.router.back(delta)),
    pageScrollTo: route('pageScrollTo', ({ scrollTop, selector, offsetTop = 0, duration = 300 }) => {
      const { scroller } = phone.router.top;
      const target = selector && scroller.querySelector(selector);
      const top = target ? target.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop + offsetTop : scrollTop;
      scroller.scrollTo({ top, behavior: duration === 0 ? 'auto' : 'smooth' });
    }),
  };
}
