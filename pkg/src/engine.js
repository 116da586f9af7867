import { isDeliberate, notStored, toHuitouError } from './error.js';
import { Features } from './features.js';
import { loadEngine, release } from './loader.js';
import { Props, valueOf } from './props.js';
import { Pump } from './pump.js';

/** What JSON can say without running the app's code; the rest is left out, for the engine to miss. */
function plain(value) {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

/** One living Core with what belongs to it. A call that throws anything but a HuitouError's kin has poisoned it. */
export class Engine {
  /**
   * Instantiates, loads what storage holds, and boots.
   * @param {object} setup see {@link loadEngine}; `sender`, `observer` as for {@link Pump}, with `onDrop`, `onExposures`
   *   and `ask`
   */
  static async start(setup) {
    return new Engine(setup, await loadEngine(setup));
  }

  constructor({ host, sender, observer }, { core, description, keys, cache, booted }) {
    this._core = core;
    this.description = description;
    this.booted = booted;
    /** What storage holds of the payload of experiments. */
    this.cache = cache;
    this._props = new Props(core, description, observer.onDrop);
    this.features = new Features(core, observer.ask, observer.onExposures);
    this.pump = new Pump({ core, keys, host, sender, observer });
  }

  /** Counts an event; `read` comes from readProps. */
  track(name, read, at, offset) {
    if (name === 'order') this._order(read, at, offset);
    else if (name === 'page') this._props.page(valueOf(read, 'page'), at, offset);
    else this._props.track(name, read, at, offset);
    this.pump.poke();
  }

  /** Enters a page; null leaves the current one. */
  page(name, _, at, offset) {
    this._props.page(name, at, offset);
    this.pump.poke();
  }

  /** Advances a flow. */
  flow(name, step, at, offset) {
    this._props.flow(name, step, at, offset);
    this.pump.poke();
  }

  /** The app goes to the background: everything durable and on its way before this returns. */
  hide(_, __, at, offset) {
    this._props.track('hide', [], at, offset);
    this.pump.runNow();
    this.pump.poke();
  }

  /** Counts calls that found no room in the queue, or the restart itself. */
  drop(reason, count) {
    for (let i = 0; i < count; i++) this._props.drop(reason, undefined);
    this.pump.poke();
  }

  /** Takes what can be shown. */
  setCatalogue(text) {
    return this._core.set_catalogue(text);
  }

  /** Counts a feature that was read as another type than its value has. */
  misread(key) {
    this._props.drop('feature_type', key);
    this.pump.poke();
  }

  /** A rare command; its outcome goes to `waiter`. A claim is durable before that, or rejected. */
  command(json, waiter, at, offset) {
    try {
      const outcome = this._core.command(json, at, offset);
      if (outcome && outcome.accepted && !this.pump.runNow()) waiter.reject(notStored());
      else waiter.resolve(outcome);
    } catch (error) {
      waiter.reject(toHuitouError(error));
      if (!isDeliberate(error)) throw error;
    }
    this._props.forget();
    this.pump.poke();
  }

  /** A command that changes nothing. */
  read(json, at, offset) {
    return this._core.command(json, at, offset);
  }

  /** Leaves the instance to the garbage collector, healthy or poisoned; resolves when its last write has ended. */
  release() {
    release(this._core);
    return this.pump.stop();
  }

  /** An order has an id and is kept singly, so it goes another way than events do. */
  _order(read, at, offset) {
    const id = valueOf(read, 'order_id');
    const order = { op: 'order', order_id: typeof id === 'number' ? String(id) : plain(id) };
    order.paid_fen = plain(valueOf(read, 'paid_fen'));
    const items = valueOf(read, 'items');
    order.items = Array.isArray(items) ? items : plain(items);
    order.coupon = valueOf(read, 'coupon') === undefined ? undefined : Boolean(valueOf(read, 'coupon'));
    try {
      this._core.command(JSON.stringify(order), at, offset);
    } catch (error) {
      if (!isDeliberate(error)) throw error;
      this._props.drop('order_refused', error.path);
    }
  }
}
