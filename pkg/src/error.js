/**
 * The one error of the API. `code` is stable between versions, `message` is for people, `path` is the place in the
 * input (`events[2].name`) or empty.
 */
export class HuitouError extends Error {
  /**
   * @param {string} code stable, lower case, words joined by `_`
   * @param {string} message what is wrong and what to do
   * @param {string} [path] where in the input
   */
  constructor(code, message, path) {
    super(message);
    this.name = 'HuitouError';
    this.code = code;
    this.path = path || '';
    /** @type {{code: string, message: string, path: string}[] | undefined} of a program that can't run */
    this.mistakes = undefined;
  }
}

/**
 * True for what the engine throws on purpose. Everything else that comes out of wasm is a trap: the instance is
 * poisoned then and must not be called again.
 * @param {any} error
 */
export function isDeliberate(error) {
  return typeof error === 'object' && error !== null && typeof error.code === 'string';
}

/**
 * The engine's plain error object as a HuitouError; `mistakes` is kept, each with its own code, message and path.
 * @param {any} error
 */
export function toHuitouError(error) {
  if (error instanceof HuitouError) return error;
  if (!isDeliberate(error)) return new HuitouError('internal', messageOf(error));
  const converted = new HuitouError(error.code, error.message, error.path);
  converted.mistakes = error.mistakes;
  return converted;
}

/**
 * Nobody knows what came of the request.
 * @param {number} status
 */
export function badAnswer(status) {
  return new HuitouError('sync_failed', 'the backend answered ' + status + ' (0: no answer)');
}

/** What was told is in memory only. */
export function notStored() {
  return new HuitouError('storage_failed', 'the storage did not take the last write; it is tried again');
}

/**
 * Text of anything thrown, even of what throws when looked at. Mini-program APIs reject with `{errMsg}`.
 * @param {any} thrown
 */
export function messageOf(thrown) {
  try {
    return String(thrown.message || thrown.errMsg || thrown);
  } catch (error) {
    return 'unknown failure';
  }
}
