/** A platform that has not called back by then never will. Longer than the request's own time limit. */
const DEADLINE_MS = 30000;

/** As setTimeout; in Node the timer does not keep the process alive. */
export function startTimer(callback, delay_ms) {
  const timer = setTimeout(callback, delay_ms);
  if (typeof timer === 'object' && timer !== null && typeof timer.unref === 'function') timer.unref();
  return timer;
}

/** The promise's outcome, or `late` when it takes longer than the deadline or fails. */
export function settle(promise, late) {
  return new Promise((resolve) => {
    const timer = startTimer(() => resolve(late), DEADLINE_MS);
    const finish = (outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    promise.then(finish, () => finish(late));
  });
}
