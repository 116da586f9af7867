import { HuitouError, badAnswer, notStored } from './error.js';
import { Emitter } from './emitter.js';
import { experimentCalls } from './experiments.js';
import { insightCalls } from './insight.js';
import { journeyCalls } from './journeys.js';
import { Keeper } from './keeper.js';
import { Sender } from './sender.js';
import { announceExpiry, loyaltyCalls } from './loyalty.js';
import { readProps } from './props.js';

/** The engine as an app sees it; made by `open`. What its methods promise is written in index.d.ts. */
export class Huitou {
  /** @param {object} settings checked options, see open.js */
  constructor(settings) {
    this._host = settings.host;
    this._url = settings.url;
    this._events = new Emitter();
    this._sender = new Sender(settings, (error) => this._keeper.report(error));
    this._keeper = new Keeper(settings, this._events, this._sender);
    this._keys = {};
    this._page = null;
    this._shown = true;
    this._online = true;
    this._unfollow = [];
    this.ready = this._open(settings.mistake);
    // An app that does not wait for `ready` learns of a failure through the 'error' event, never through a crash.
    this.ready.catch((error) => this._keeper.report(error));
  }

  track(name, props) {
    this._keeper.call('track', name, readProps(props));
  }

  page(name) {
    this._page = name === undefined ? null : name;
    this._keeper.call('page', this._page);
  }

  flow(name, step) {
    this._keeper.call('flow', name, step);
  }

  setUser(id) {
    const user = id === null || id === undefined ? '' : id;
    return this._tell({ op: 'user', id: user }, () => {
      this._sender.setUser(user);
      this._keys = {};
    });
  }

  setAttributes(attributes) {
    return this._tell({ op: 'attributes', set: attributes });
  }

  consent(granted) {
    return this._tell({ op: 'consent', granted }, () => {
      this._keeper.consent = granted;
      if (granted) {
        this._sender.warm();
        this._keeper.payload.permit();
      } else this._keeper.payload.drop();
    });
  }

  async flush() {
    const engine = await this._keeper.running();
    if (await engine.pump.written()) return;
    throw notStored();
  }

  async sync() {
    if (!this._url) throw new HuitouError('no_url', 'open() was given no url to send to', 'url');
    await this._tell({ op: 'sync' });
    if (!this._online) throw new HuitouError('offline', 'the network is off; what is unsent goes out when it is back');
    const engine = await this._keeper.running();
    const answer = await engine.pump.sent();
    if (answer === null) return { acked: 0 };
    if (answer.status >= 200 && answer.status <= 299) return { acked: answer.acked };
    throw badAnswer(answer.status);
  }

  stats() {
    const figures = this._keeper.read({ op: 'stats' });
    const dropped = {};
    figures.dropped.forEach(([reason, count]) => {
      dropped[reason] = count;
    });
    return Object.assign(figures, { dropped, restarts: this._keeper.restarts });
  }

  state() {
    return this._keeper.read({ op: 'state' });
  }

  orders() {
    return this._keeper.read({ op: 'orders' });
  }

  on(name, listener) {
    this._keeper.look();
    return this._events.on(name, listener);
  }

  close() {
    this._unfollow.forEach((stop) => typeof stop === 'function' && stop());
    this._unfollow = [];
    return this._keeper.close();
  }

  pageHooks(name) {
    const leave = () => {
      if (this._page === name) this.page(null);
    };
    return { onShow: () => this.page(name), onHide: leave, onUnload: leave };
  }

  appHooks() {
    return { onShow: (options) => this._show(options && options.scene), onHide: () => this._hide() };
  }

  /** A command without an answer. */
  async _tell(body, done) {
    await this._keeper.command(body, done);
  }

  async _open(mistake) {
    if (mistake) throw this._keeper.refuse(mistake);
    this._follow();
    this.track('launch', { scene: this._host.scene ? this._host.scene() : undefined });
    const { booted, description } = await this._keeper.start();
    this._keeper.payload.poll();
    const { revision, warnings } = description;
    warnings.forEach(({ path, message }) => this._keeper.debug(path + ': ' + message));
    const { consent, user, recovered } = booted;
    const opened = { consent, user, recovered, revision, warnings };
    this._events.emit('ready', opened);
    this._warnOfExpiry();
    return opened;
  }

  _warnOfExpiry() {
    try {
      announceExpiry(this._events, this.forecast());
    } catch (error) {
      // Nobody asked, so it is nobody's: the keeper sees to a trap, and a listener of 'ready' may have called close().
    }
  }

  /** Listens to the platform. */
  _follow() {
    const online = (isOnline) => {
      this._online = isOnline;
      this._keeper.command({ op: 'online', online: isOnline }).catch(() => {});
    };
    this._unfollow = [
      this._host.onShow((scene) => this._show(scene)),
      this._host.onHide(() => this._hide()),
      this._host.onNetwork((isOnline) => {
        if (this._url) online(isOnline);
        if (isOnline) this._keeper.payload.poll();
      }),
    ];
  }

  /** The platform and the app's hooks may both tell of the same change. */
  _show(scene) {
    if (this._shown) return;
    this._shown = true;
    this.track('show', { scene });
    this._keeper.payload.poll();
  }

  _hide() {
    if (!this._shown) return;
    this._shown = false;
    this._keeper.call('hide');
  }
}

Object.assign(Huitou.prototype, loyaltyCalls, experimentCalls, insightCalls, journeyCalls);
