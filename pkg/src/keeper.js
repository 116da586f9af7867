import { HuitouError, isDeliberate, messageOf, toHuitouError } from './error.js';
import { warn } from './emitter.js';
import { Engine } from './engine.js';
import { Payload } from './experiments.js';
import { announce } from './loyalty.js';
import { Queue } from './queue.js';

/** An engine that traps more often than this is left off until the app starts anew. */
const RESTARTS_PER_MINUTE_MAX = 3;

const MINUTE_MS = 60000;

/** What the engine finds out about its person. */
const FOUND = ['level', 'segment', 'sign'];

/** The zone is asked for at most this often: working it out costs more than everything else in `track`. */
const ZONE_MS = 1000;

/**
 * Keeps an engine alive: starts it, lets calls wait while there is none, replaces it after a trap, and tells the app
 * what happened. Nothing but `read` throws.
 */
export class Keeper {
  /**
   * @param {object} settings see open.js
   * @param {import('./emitter.js').Emitter} events
   * @param {import('./sender.js').Sender} sender
   */
  constructor(settings, events, sender) {
    this._settings = settings;
    this._host = settings.host;
    this._events = events;
    this._sender = sender;
    this._queue = new Queue();
    this._engine = null;
    this._ended = null;
    this._running = null;
    this._restartedAt = [];
    this._writeFailed = false;
    this._zone = 0;
    this._zoneAt = -Infinity;
    /** What to boot with: the app's last word, or null for what is stored. */
    this.consent = settings.consent;
    this.payload = new Payload(settings, this, events);
    this._catalogue = null;
    /** Traps survived since `open`. */
    this.restarts = 0;
  }

  /** Ends before it began: the options were wrong. */
  refuse(mistake) {
    this._running = Promise.reject(mistake);
    this._running.catch(() => {});
    return this._end(mistake);
  }

  /** Starts the first engine. */
  start() {
    this._running = this._start();
    return this._running;
  }

  /** The engine in use, when there is one again. */
  running() {
    return this._running;
  }

  /** Passes a call to the engine, stamped with this instant; keeps it while there is no engine. */
  call(method, a, b) {
    if (this._ended !== null) {
      if (method === 'command') b.reject(this._ended);
      return;
    }
    try {
      const at = this._host.now();
      this._run(method, a, b, at, this._offsetAt(at));
    } catch (error) {
      this._failed(error);
    }
  }

  /** As `call`, for a command; `done` runs with its success, before anything else happens. */
  command(body, done) {
    return new Promise((resolve, reject) => {
      const settle = (answer) => {
        if (done) done(answer);
        resolve(answer);
      };
      this.call('command', toJson(body), { resolve: settle, reject });
    });
  }

  /** Asks the engine at once; throws when there is none, or when it refuses. */
  read(body) {
    const json = toJson(body);
    return this.ask((engine, at, offset) => engine.read(json, at, offset));
  }

  /** As `read`, any question. */
  ask(question) {
    if (this._engine === null) throw this._ended || new HuitouError('not_ready', 'await ready first');
    try {
      const at = this._host.now();
      return question(this._engine, at, this._offsetAt(at));
    } catch (error) {
      if (!isDeliberate(error)) this._trapped(error);
      throw toHuitouError(error);
    }
  }

  /** Values of features; null while there is no engine. */
  features() {
    return this._engine && this._engine.features;
  }

  /** Counts a feature that was read as another type than its value has. */
  misread(key) {
    try {
      this.ask((engine) => engine.misread(key));
    } catch (error) {
      // A trap; it is seen to.
    }
  }

  /** Hands over what a transaction brought to the ledger; resolves with what is new. */
  async told(content) {
    const news = await this.command(Object.assign({}, content, { op: 'told' }));
    announce(this._events, news);
    return news;
  }

  /** What can be shown; kept for an engine that takes over. */
  setCatalogue(text) {
    const told = this.ask((engine) => engine.setCatalogue(text));
    this._catalogue = text;
    return told;
  }

  /** Somebody listens from now on: what was found before is told too. */
  look() {
    if (this._engine !== null) this._engine.pump.poke();
  }

  /** Writes what is left and gives everything back. */
  async close() {
    if (this._ended !== null) return;
    const engine = this._engine;
    if (engine !== null) await engine.pump.written();
    this._end(new HuitouError('closed', 'close() was called'));
    if (engine !== null) await engine.release();
  }

  /** Tells the app of a failure; it is printed when nobody listens. */
  report(error) {
    if (this._events.has('error')) this._events.emit('error', error);
    else warn(error.code + ': ' + error.message);
  }

  /** Says something in debug mode only. */
  debug(text) {
    if (this._settings.debug) warn(text);
  }

  async _start() {
    const { createGlue, host, program, format, trials } = this._settings;
    const launch = { query: host.query && host.query(), scene: host.scene && host.scene() };
    const boot = { consent: this.consent, format, info: host.info(), experiments: Object.assign(launch, trials) };
    try {
      const observer = this._observer();
      const engine = await Engine.start({ createGlue, host, program, boot, sender: this._sender, observer });
      this._adopt(engine);
      return engine;
    } catch (error) {
      throw this._end(toHuitouError(error));
    }
  }

  /** Takes a started engine into use and lets it catch up. */
  _adopt(engine) {
    if (this._ended !== null) throw this._ended;
    this._engine = engine;
    // The account of the last start is still the one whose rows go first, until the app says otherwise.
    this._sender.setUser(engine.booted.user);
    this.consent = engine.booted.consent || this.consent;
    if (this.consent) this._sender.warm();
    this.payload.adopt(engine.cache);
    if (this._catalogue !== null) this.setCatalogue(this._catalogue);
    if (!this._settings.url) this.command({ op: 'online', online: false });
    const refused = this._queue.takeRefused();
    if (refused !== null) this._replay(dropCall('queue_overflow', refused.count, refused.at, refused.offset));
    while (this._engine === engine && this._queue.size > 0) this._replay(this._queue.shift());
  }

  /** Minutes east of UTC. */
  _offsetAt(at) {
    if (Math.abs(at - this._zoneAt) > ZONE_MS) {
      this._zone = this._host.offset_min();
      this._zoneAt = at;
    }
    return this._zone;
  }

  _replay({ method, a, b, at, offset }) {
    try {
      this._run(method, a, b, at, offset);
    } catch (error) {
      this._failed(error);
    }
  }

  _run(method, a, b, at, offset) {
    if (this._engine === null) this._keep({ method, a, b, at, offset });
    else this._change(this._engine)[method](a, b, at, offset);
  }

  /** Whatever is told may change what features are. */
  _change(engine) {
    engine.features.isStale = true;
    return engine;
  }

  _keep(call) {
    const kept = this._queue.push(call);
    if (!kept && call.method === 'command') call.b.reject(new HuitouError('queue_overflow', 'too many calls before ready'));
  }

  _observer() {
    return {
      onTrap: (error) => this._trapped(error),
      onWrite: (ok) => this._wrote(ok),
      onAnswer: (answer) => this._answered(answer),
      onDrop: (reason, name) => this._dropped(reason, name),
      onExposures: (exposures) => this._exposed(exposures),
      onNews: () => this._heard(),
      ask: (question) => this.ask(question),
    };
  }

  _failed(error) {
    if (isDeliberate(error)) this.report(toHuitouError(error));
    else this._trapped(error);
  }

  /** The instance is poisoned: a fresh one takes over from what storage holds. The call that hit it is lost, and counted. */
  _trapped(error) {
    const dead = this._engine;
    if (dead === null) return;
    this._engine = null;
    const released = dead.release();
    const now = this._host.now();
    this._restartedAt = this._restartedAt.filter((at) => Math.abs(now - at) < MINUTE_MS).concat(now);
    if (this._restartedAt.length > RESTARTS_PER_MINUTE_MAX) {
      this.report(this._end(new HuitouError('disabled', 'the engine failed too often: ' + messageOf(error))));
      return;
    }
    this.restarts += 1;
    this._queue.unshift(dropCall('restart', 1, now, this._host.offset_min()));
    this._running = released.then(() => this._start());
    const detail = { message: messageOf(error), restarts: this.restarts };
    this._running.then(() => this._events.emit('restart', detail), (failure) => this.report(failure));
  }

  /** Ends it all: calls from now on come to nothing. Returns the reason. */
  _end(reason) {
    if (this._ended === null) this._ended = reason;
    this._engine = null;
    this._queue.clear().forEach((call) => call.method === 'command' && call.b.reject(this._ended));
    return this._ended;
  }

  /** A storage that stays full is one failure, not one a write. */
  _wrote(ok) {
    if (!ok && !this._writeFailed) this.report(new HuitouError('storage_failed', 'the storage did not take a write'));
    this._writeFailed = !ok;
  }

  _answered(answer) {
    const refused = answer.status === 401 || answer.status === 403;
    if (refused && !answer.need_token) this.report(new HuitouError('token_refused', 'the backend refused the token'));
    this._change(this._engine);
    answer.facts.forEach((fact) => this._events.emit('fact', fact));
    announce(this._events, answer);
    this._events.emit('sync', { status: answer.status, acked: answer.acked, bytes: answer.bytes, program: answer.program });
  }

  /** They are durable with the next write. */
  _exposed(exposures) {
    this._engine.pump.poke();
    exposures.forEach((exposure) => this._events.emit('exposure', exposure));
  }

  /** Tells what the engine found. What is to be shown is stored as handed over before the app hears of it. */
  _heard() {
    try {
      this._news('news', FOUND).forEach((found) => this._events.emit(found.event, found));
      const actions = this._news('actions', ['action']);
      if (actions.length > 0 && this._engine.pump.runNow()) actions.forEach((action) => this._events.emit('action', action));
    } catch (error) {
      // A trap; it is seen to.
    }
  }

  /** What nobody listens to waits. */
  _news(op, names) {
    return this._engine !== null && names.some((name) => this._events.has(name)) ? this.read({ op }) : [];
  }

  _dropped(reason, name) {
    const spelled = typeof name === 'string' ? name.slice(0, 64) : typeof name;
    this.debug('not counted (' + reason + '): ' + spelled);
    this._events.emit('dropped', { reason, name: spelled });
  }
}

function dropCall(reason, count, at, offset) {
  return { method: 'drop', a: reason, b: count, at, offset };
}

/** JSON of a command; refuses what JSON can't say (a cycle, a BigInt). */
function toJson(body) {
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw new HuitouError('not_json', messageOf(error));
  }
}
