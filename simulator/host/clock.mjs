// The phone's clock: the browser's own, shifted.

/** A clock with an offset, and the `Date` that the mini-program sees. */
export class Clock {
  /** @param {number} offset_ms how far the phone is ahead */
  constructor(offset_ms = 0) {
    this.offset_ms = offset_ms;
    this.Date = shiftedDate(this);
  }

  /** Milliseconds since 1970 on this phone. */
  now() {
    return Date.now() + this.offset_ms;
  }
}

/** `Date` whose "now" is the clock's; everything else is the real one, `instanceof` included. */
function shiftedDate(clock) {
  const now = () => clock.now();
  return new Proxy(Date, {
    construct: (target, args) => (args.length === 0 ? new target(now()) : new target(...args)),
    apply: (target) => new target(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}
