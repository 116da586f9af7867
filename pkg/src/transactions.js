import { HuitouError } from './error.js';

/** 128 bits: never the same twice. */
const KEY_BYTES = 16;

const hex = (bytes) => Array.from(bytes, (byte) => (256 + byte).toString(16).slice(1)).join('');

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    return null;
  }
}

/**
 * What only the backend may carry out: points spent, tickets drawn, rights granted. Every request carries a key under
 * which the backend does it once, however often it is asked; the key is kept until there is an answer.
 */
export class Transactions {
  /** @param {{host: object, sender: import('./sender.js').Sender, keeper: import('./keeper.js').Keeper}} parts */
  constructor({ host, sender, keeper }) {
    this._host = host;
    this._sender = sender;
    this._keeper = keeper;
    this.forget();
  }

  /** Another user's transactions are others, even if they read the same. */
  forget() {
    this._keys = new Map();
  }

  /** Carries one out; rejects with the backend's code if it is refused. */
  async run(name, body) {
    const what = name + JSON.stringify(body);
    const key = await this._keyOf(what);
    const { device, cursor } = this._keeper.read({ op: 'proof' });
    const answer = await this._sender.order('/v1/' + name, Object.assign({ device, cursor }, body), key);
    const content = parsed(answer.body);
    const isDone = answer.status >= 200 && answer.status <= 299 && content !== null && typeof content === 'object';
    // Without an answer, or with one that says nothing of what was done, only the same key again is safe.
    if (!isDone && (answer.status < 400 || answer.status >= 500)) throw unanswered(answer.status);
    this._keys.delete(what);
    if (!isDone) throw refusalOf(content, answer.status);
    const { lines } = await this._keeper.told(content);
    const outcome = Object.assign({}, content, { lines });
    ['facts', 'ledger', 'time'].forEach((member) => delete outcome[member]);
    return outcome;
  }

  /** The same call again before there was an answer, also a second tap, is the same transaction. */
  _keyOf(what) {
    if (!this._keys.has(what)) this._keys.set(what, this._host.random(KEY_BYTES).then(hex));
    return this._keys.get(what);
  }
}

function unanswered(status) {
  return new HuitouError('unanswered', 'the backend answered ' + status + ' (0: not at all); the same call again finishes it, once');
}

function refusalOf(content, status) {
  const { code, message } = (content && content.error) || {};
  if (typeof code !== 'string') return new HuitouError('sync_failed', 'the backend answered ' + status);
  return new HuitouError(code, String(message || code));
}
