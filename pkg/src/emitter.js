import { messageOf } from './error.js';

/** Listeners by event name. A listener that throws harms neither the others nor the caller. */
export class Emitter {
  constructor() {
    this._listeners = new Map();
  }

  /** Adds a listener; the answer removes it. */
  on(name, listener) {
    const listeners = this._listeners.get(name) || [];
    this._listeners.set(name, listeners.concat(listener));
    return () => {
      const left = this._listeners.get(name).filter((other) => other !== listener);
      this._listeners.set(name, left);
    };
  }

  /** True if someone listens. */
  has(name) {
    const listeners = this._listeners.get(name);
    return listeners !== undefined && listeners.length > 0;
  }

  /** Calls every listener. */
  emit(name, detail) {
    (this._listeners.get(name) || []).forEach((listener) => {
      try {
        listener(detail);
      } catch (error) {
        warn('a listener of ' + name + ' threw: ' + messageOf(error));
      }
    });
  }
}

/** One line for the developer, where there is a console. */
export function warn(text) {
  if (typeof console !== 'undefined') console.warn('[huitou] ' + text);
}
