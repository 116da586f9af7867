// How WeChat's asynchronous functions answer: callbacks when any is given, else a promise.

/** A failure that the app is meant to see as `name:fail message`. */
export class ApiFailure extends Error {}

/**
 * Makes `wx.<name>` of a function that does the work.
 * @param {{gate: import('./gate.mjs').Gate}} phone
 * @param {string} name for errMsg
 * @param {(options: object) => (object|void|Promise<object|void>)} work throws ApiFailure to fail
 */
export function asynchronous(phone, name, work) {
  return (options = {}) => {
    const settled = new Promise((resolve, reject) => {
      setTimeout(async () => {
        const answer = await attempt(name, work, options);
        phone.gate.run(() => (answer.ok ? resolve(answer.value) : reject(answer.value)));
      });
    });
    return hasCallbacks(options) ? void deliver(settled, options) : settled;
  };
}

async function attempt(name, work, options) {
  try {
    return { ok: true, value: { errMsg: `${name}:ok`, ...await work(options) } };
  } catch (error) {
    if (!(error instanceof ApiFailure)) console.error(error);
    return { ok: false, value: { errMsg: `${name}:fail ${error.message}` } };
  }
}

function hasCallbacks({ success, fail, complete }) {
  return Boolean(success || fail || complete);
}

/** Calls the callbacks; an error inside of them is the app's and reaches window.onerror. */
function deliver(settled, { success, fail, complete }) {
  settled.then(
    (value) => { success?.(value); complete?.(value); },
    (value) => { fail?.(value); complete?.(value); },
  ).catch((error) => reportError(error));
}
