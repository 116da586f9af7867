import { toBase64 } from './base64.js';
import { NO_ANSWER } from './sender.js';
import { settle, startTimer } from './timer.js';

/** What `next()` asks for. */
const PERSIST = 1;
const SEND = 2;
const WAIT = 3;
const WIPE = 4;

/** Effects carried out in one turn; the engine never has more, so that an error in it can't hang the app. */
const EFFECTS_PER_TURN_MAX = 64;

/** Longest timer: a phone's clock may jump, and long timers are cut by the platforms. */
const TIMER_MS_MAX = 10 * 60 * 1000;

/** Shortest timer. */
const TIMER_MS_MIN = 100;

/** Pause after a failed write; a full storage must not keep the phone busy. */
const WRITE_RETRY_MS = 5000;

/** Requests that one call of `sync()` waits for: a full store leaves in fewer. */
const REQUESTS_PER_SYNC_MAX = 32;

/**
 * Carries out what the engine asks for: at most one write and one request at a time. All calls of one turn are
 * answered by one look at the engine.
 */
export class Pump {
  /**
   * @param {{core: object, keys: string[], host: object, sender: object, observer: {
   *   onTrap: (error: unknown) => void, onWrite: (ok: boolean) => void, onAnswer: (answer: object) => void,
   *   onNews: () => void}}} parts
   */
  constructor({ core, keys, host, sender, observer }) {
    this._core = core;
    this._keys = keys;
    this._host = host;
    this._sender = sender;
    this._observer = observer;
    this._running = true;
    this._poked = false;
    this._timer = undefined;
    this._write = null;
    this._request = null;
    this._stored = true;
    this._turn = () => {
      this._poked = false;
      this.run();
      this._guard(() => this._running && this._core.has_news() && this._observer.onNews());
    };
  }

  /** Looks at the engine at the end of this turn. */
  poke() {
    if (this._poked) return;
    this._poked = true;
    Promise.resolve().then(this._turn);
  }

  /** Looks at the engine now. */
  run() {
    if (!this._running) return;
    clearTimeout(this._timer);
    this._guard(() => {
      let effects = 0;
      while (this._running && effects < EFFECTS_PER_TURN_MAX && this._step()) effects++;
    });
  }

  /**
   * The app goes to the background, where promises may never settle: a write under way is done again synchronously,
   * and everything that the engine asks for now is started before this returns. False if the storage did not take it.
   */
  runNow() {
    const write = this._write;
    if (write !== null && write.value !== null) {
      this._write = null;
      this._guard(() => this._core.persisted(this._saveSync(write.key, write.value)));
    }
    this.run();
    return this._stored && this._running;
  }

  /** Resolves when no write is under way; false if the last one failed. */
  async written() {
    this.run();
    while (this._write !== null) {
      if (!(await this._write.done)) return false;
      this.run();
    }
    // After a failure the engine waits before it writes again: nothing under way does not mean stored.
    return this._stored;
  }

  /** Resolves when no request is under way, with the last answer; null if there was nothing to send. */
  async sent() {
    let answer = null;
    for (let count = 0; count < REQUESTS_PER_SYNC_MAX; count++) {
      await this.written();
      if (this._request === null) break;
      answer = await this._request.done;
    }
    return answer;
  }

  /** Leaves the engine alone for good; resolves when the write under way can no longer land later. */
  async stop() {
    this._running = false;
    clearTimeout(this._timer);
    if (this._write !== null) await this._write.done;
  }

  /** Runs a piece that calls the engine; anything it throws is a trap. */
  _guard(piece) {
    try {
      piece();
    } catch (error) {
      this._observer.onTrap(error);
    }
  }

  /** One effect; false when there is nothing more to do in this turn. */
  _step() {
    const now = this._host.now();
    switch (this._core.next(now)) {
      case PERSIST:
        return this._persist();
      case SEND:
        return this._request === null && this._send();
      case WIPE:
        return this._write === null && this._wipe();
      case WAIT:
        this._sleep(this._core.effect_until() - now);
        return false;
      default:
        return false;
    }
  }

  _sleep(delay_ms) {
    clearTimeout(this._timer);
    this._timer = startTimer(this._turn, Math.min(Math.max(delay_ms, TIMER_MS_MIN), TIMER_MS_MAX));
  }

  _persist() {
    const key = this._keys[this._core.effect_key()];
    const isSync = this._core.effect_sync();
    if (!isSync && this._write !== null) return false;
    const value = toBase64(this._core.effect_bytes());
    return isSync ? this._persistNow(key, value) : this._begin(key, value, this._started(() => this._host.save(key, value)));
  }

  _persistNow(key, value) {
    const ok = this._saveSync(key, value);
    this._core.persisted(ok);
    this._observer.onWrite(ok);
    return true;
  }

  _wipe() {
    const removeAll = () => Promise.all(this._keys.map((key) => this._host.remove(key)));
    return this._begin('', null, this._started(removeAll));
  }

  _saveSync(key, value) {
    try {
      this._host.saveSync(key, value);
      this._stored = true;
    } catch (error) {
      this._stored = false;
    }
    return this._stored;
  }

  /** Starts an operation of the host; a host that throws at once gives a rejected promise too. */
  _started(operation) {
    try {
      return Promise.resolve(operation());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  _begin(key, value, operation) {
    const write = { key, value, done: settle(operation.then(() => true), false) };
    this._write = write;
    write.done.then((ok) => this._written(write, ok));
    return true;
  }

  _written(write, ok) {
    if (this._write !== write) return;
    this._write = null;
    this._stored = ok;
    if (!this._running) return;
    this._guard(() => this._core.persisted(ok));
    this._observer.onWrite(ok);
    if (ok) this.run();
    else this._sleep(WRITE_RETRY_MS);
  }

  _send() {
    const body = this._core.effect_bytes();
    const request = { done: settle(this._sender.send(body), NO_ANSWER) };
    request.done = request.done.then((answer) => this._answered(request, answer, body.length));
    this._request = request;
    return true;
  }

  _answered(request, answer, bytes) {
    const told = { acked: 0, facts: [], program: null, need_token: false, status: answer.status, bytes };
    this._request = null;
    if (!this._running) return told;
    this._guard(() => {
      Object.assign(told, this._core.reply(answer.status, answer.body, answer.retry_after_s, this._host.now()));
    });
    if (told.need_token) this._sender.forget();
    if (this._running) this._observer.onAnswer(told);
    this.poke();
    return told;
  }
}
