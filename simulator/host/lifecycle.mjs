// App(): launch, foreground, background, errors.

const SCENE_LIST = 1001; // opened from the list of mini-programs

/** The life of one run of the app. */
export class Lifecycle {
  constructor(phone) {
    this.phone = phone;
    this.app = {};
    this.isShown = false;
    this.listeners = { shown: new Set(), hidden: new Set(), failed: new Set() };
    window.addEventListener('error', (event) => this.#fail(event.error ?? event.message));
    window.addEventListener('unhandledrejection', (event) => this.#reject(event.reason));
  }

  /** `App(definition)` */
  define(definition) {
    Object.assign(this.app, definition);
  }

  /** Says how the app is opened; known before any of its code runs. */
  prepare({ path, query, scene = SCENE_LIST }) {
    this.launchOptions = { path, query, scene, referrerInfo: {}, shareTicket: undefined };
    this.enterOptions = this.launchOptions;
  }

  /** Starts the app as prepared. */
  launch() {
    this.#call('onLaunch', this.launchOptions);
    this.#enter(this.launchOptions);
  }

  #enter(options) {
    this.enterOptions = options;
    this.isShown = true;
    this.#call('onShow', options);
    for (const listener of this.listeners.shown) listener(options);
  }

  /** To the foreground. */
  show(scene = this.enterOptions.scene) {
    if (this.isShown) return;
    const { path, query } = this.phone.router.top;
    this.#enter({ ...this.launchOptions, path, query, scene });
    this.phone.router.top.show();
  }

  /** To the background: the page first, then the app. */
  hide() {
    if (!this.isShown) return;
    this.isShown = false;
    this.phone.router.top.hide();
    this.#call('onHide');
    for (const listener of this.listeners.hidden) listener();
  }

  #call(name, ...args) {
    if (typeof this.app[name] !== 'function') return;
    try {
      this.app[name](...args);
    } catch (error) {
      reportError(error);
    }
  }

  #fail(error) {
    const text = String(error?.stack ?? error);
    this.phone.errors.push(text);
    for (const listener of this.listeners.failed) listener(text);
    if (typeof this.app.onError === 'function') this.app.onError(text);
  }

  #reject(reason) {
    this.phone.errors.push(String(reason?.stack ?? reason?.errMsg ?? reason));
    if (typeof this.app.onUnhandledRejection === 'function') this.app.onUnhandledRejection({ reason });
  }
}
