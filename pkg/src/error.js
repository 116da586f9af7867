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
  }
}

/**
 * True for what the engine throws on purpose. Everything else that comes out of wasm is a trap: the instance is
 * poisoned then and must not be called again.
 */
export function isDeliberate(error) {
  return typeof error === 'object' && error !== null && typeof error.code === 'string';
}

/** The engine's plain error object as a HuitouError; `mistakes` is kept, each with its own code, message and path. */
export function toHuitouError(error) {
  if (error instanceof HuitouError) return error;
  if (!isDeliberate(error)) return new HuitouError('internal', messageOf(error));
  const converted = new HuitouError(error.code, error.message, error.path);
  if (Array.isArray(error.mistakes)) converted.mistakes = error.mistakes;
  return converted;
}

/** Text of anything thrown; never throws itself. Mini-program APIs reject with `{errMsg}`. */
export function messageOf(thrown) {
  if (typeof thrown !== 'object' || thrown === null) return typeof thrown === 'string' ? thrown : typeof thrown;
  const text = thrown.message || thrown.errMsg;
  return typeof text === 'string' ? text : 'unknown failure';
}
