// WeChat suspends a mini-program some seconds after it went to the background: no timer and no callback runs.
// Everything that may call into the app later goes through this gate.

/** Runs callbacks now, or after the thaw while frozen. */
export class Gate {
  constructor() {
    this.frozen = false;
    this.waiting = [];
    this.cancelled = new Set();
    const gate = this;
    /** Timers for the app's code. */
    this.timers = {
      setTimeout: (callback, delay_ms, ...args) => gate.#timer(setTimeout, callback, delay_ms, args),
      setInterval: (callback, delay_ms, ...args) => gate.#timer(setInterval, callback, delay_ms, args),
      clearTimeout: (id) => gate.#clear(clearTimeout, id),
      clearInterval: (id) => gate.#clear(clearInterval, id),
    };
  }

  /** Calls `callback` now, or when the app runs again. */
  run(callback) {
    if (this.frozen) this.waiting.push(callback);
    else callback();
  }

  /** Suspends the app. */
  freeze() {
    this.frozen = true;
  }

  /** Lets the app run again; what came meanwhile is delivered in order. */
  thaw() {
    this.frozen = false;
    while (!this.frozen && this.waiting.length > 0) this.waiting.shift()();
  }

  #timer(start, callback, delay_ms, args) {
    const id = start(() => this.run(() => {
      if (!this.cancelled.delete(id)) callback(...args);
    }), delay_ms);
    return id;
  }

  /** A timer that fired while frozen waits in the queue: clearing it must still count. */
  #clear(stop, id) {
    stop(id);
    if (this.frozen || this.waiting.length > 0) this.cancelled.add(id);
  }
}
