// What tests and the simulator bar may do to the phone. Out of the app's reach.

const STATE_KEY = 'simulator:state';
const FREEZE_AFTER_MS = 5000; // WeChat suspends an app this long after it was hidden
const DAY_MS = 86400000;

/** Settings of the phone that survive a restart of the app. */
export function readState(area) {
  return { offset_ms: 0, offline: false, freeze_after_ms: null, closed: false, ...JSON.parse(area.getItem(STATE_KEY) ?? '{}') };
}

/** `window.__simulator` */
export class Controls {
  constructor(phone, area) {
    this.phone = phone;
    this.area = area;
    this.listeners = new Set();
  }

  /** Settings and state, for the bar and for tests. */
  get state() {
    return { ...readState(this.area), hidden: !this.phone.lifecycle.isShown, frozen: this.phone.gate.frozen };
  }

  #save(change) {
    this.area.setItem(STATE_KEY, JSON.stringify({ ...readState(this.area), ...change }));
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` whenever the state changes. */
  onChange(listener) {
    this.listeners.add(listener);
  }

  /** Puts the app into the background. After `freezeOnHide` it is suspended a little later, as WeChat does. */
  hide() {
    const { phone } = this;
    phone.lifecycle.hide();
    phone.network.enterBackground();
    document.body.classList.add('is-hidden');
    const { freeze_after_ms } = readState(this.area);
    if (freeze_after_ms !== null) this.freezeTimer = setTimeout(() => this.freeze(), freeze_after_ms);
    this.#save({});
  }

  /** Suspends the app at once: no timer, no callback. */
  freeze() {
    this.phone.gate.freeze();
    this.#save({});
  }

  /** Brings the app back to the foreground. */
  show(scene) {
    const { phone } = this;
    clearTimeout(this.freezeTimer);
    document.body.classList.remove('is-hidden');
    phone.network.enterForeground();
    phone.gate.thaw();
    phone.lifecycle.show(scene);
    this.#save({});
  }

  /** Whether hiding suspends the app, and after how long. */
  freezeOnHide(isEnabled, after_ms = FREEZE_AFTER_MS) {
    this.#save({ freeze_after_ms: isEnabled ? after_ms : null });
  }

  /** Ends the process at once: no lifecycle event, nothing pending is written. */
  kill() {
    this.#save({ closed: true });
    location.reload();
  }

  /** Ends the process and starts it again, at `page` or at the entry page. */
  relaunch(page = '') {
    this.#save({ closed: false });
    history.replaceState(null, '', `${location.pathname}${location.search}${page ? `#/${page.replace(/^\//, '')}` : ''}`);
    location.reload();
  }

  /** Cuts or restores the network. */
  offline(isOffline) {
    this.#save({ offline: isOffline });
    this.phone.network.setOffline(isOffline);
    this.phone.chrome.drawTime();
  }

  /** Sets how far the phone's clock is ahead of the computer's. */
  setClockOffset(offset_ms) {
    this.phone.clock.offset_ms = offset_ms;
    this.#save({ offset_ms });
    this.phone.chrome.drawTime();
  }

  /** Moves the phone's clock. */
  advanceDays(days) {
    this.setClockOffset(this.phone.clock.offset_ms + days * DAY_MS);
  }

  /** Milliseconds on the phone's clock. */
  now() {
    return this.phone.clock.now();
  }

  /** All that the app has stored. */
  storage() {
    return this.phone.storage.dump();
  }

  /** Forgets all that the app has stored and starts it again. */
  clearStorage() {
    this.phone.storage.clear();
    this.relaunch();
  }

  /** The page in front: {path, query, data}. */
  page() {
    const { path, query, instance } = this.phone.router.top;
    return { path, query, data: instance.data };
  }

  /** Paths of the open pages, the one in front last. */
  pages() {
    return this.phone.router.stack.map(({ path }) => path);
  }

  /** Uncaught errors of the app so far. */
  errors() {
    return [...this.phone.errors];
  }
}
