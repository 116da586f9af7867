import { HuitouError, messageOf } from './error.js';
import { settle } from './timer.js';

/** A phone in the background has 5 s; in the foreground a slow network deserves more. */
export const REQUEST_TIMEOUT_MS = 15000;

/** Answers are a few hundred bytes; a longer one is no answer of a Huitou backend. */
const ANSWER_CHARS_MAX = 65536;

const CONTENT_TYPES = { binary: 'application/vnd.huitou.v1', json: 'application/json' };

/** Offline, refused by the platform, cut off: all the same to the engine, which tries again later. */
export const NO_ANSWER = { status: 0, body: '', retry_after_s: 0 };

/** A header by its lower-case name, whatever case the platform gives. */
export function headerOf(headers, name) {
  const found = Object.keys(headers || {}).find((key) => key.toLowerCase() === name);
  return found === undefined ? '' : String(headers[found]);
}

/** Retry-After in seconds: a number, or an HTTP date counted from `now`; 0 when absent or unreadable. */
export function retryAfterSeconds(text, now) {
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000);
  return seconds > 0 ? seconds : 0;
}

/** JSON in ASCII, byte by byte: phones have no encoder. */
function jsonBytes(content) {
  const escaped = (unit) => '\\u' + (0x10000 + unit.charCodeAt(0)).toString(16).slice(1);
  const text = JSON.stringify(content).replace(/[^\0-~]/g, escaped);
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}

function bodyText(body) {
  return typeof body === 'string' && body.length <= ANSWER_CHARS_MAX ? body : '';
}

/** Sends bodies to the backend and keeps the user's token. */
export class Sender {
  /**
   * @param {{host: object, url: string | undefined, token: undefined | string | Function, format: string}} settings
   * @param {(error: HuitouError) => void} onError
   */
  constructor({ host, url, token, format }, onError) {
    this._host = host;
    this._url = url ? url.replace(/\/+$/, '') : null;
    this._source = token;
    this._contentType = CONTENT_TYPES[format];
    this._onError = onError;
    this._user = '';
    this.forget();
  }

  /** Says whose rows follow; a token of somebody else is forgotten. */
  setUser(user) {
    if (user === this._user) return;
    this._user = user;
    this.forget();
  }

  /** Fetches the token ahead of need, so that a send on hide can start without waiting. */
  warm() {
    if (this._url !== null && this._token === undefined) this._fetch();
  }

  /** Forgets a token that was refused; the next send asks the app for a fresh one. */
  forget() {
    /** undefined: not asked for yet; null: there is none. */
    this._token = typeof this._source === 'function' ? undefined : this._source || null;
    this._fetching = null;
  }

  /**
   * Sends one body; with a token at hand the request starts before this returns. Never rejects: status 0 stands for
   * every failure to get an answer.
   * @param {Uint8Array} body
   * @returns {Promise<{status: number, body: string, retry_after_s: number}>}
   */
  async send(body) {
    if (this._url === null) return NO_ANSWER;
    const token = this._token === undefined ? await this._fetch() : this._token;
    return this._post('/v1/sync', body, this._headers(token, this._contentType));
  }

  /**
   * Asks for a transaction. A lost answer and a stale token are worth a second try: under the same key the backend
   * does nothing twice. Never rejects, as `send`.
   * @param {string} path
   * @param {object} content
   * @param {string} key
   */
  async order(path, content, key) {
    const body = jsonBytes(content);
    for (let tries = 1; ; tries++) {
      const headers = this._headers(await this._fetch(), CONTENT_TYPES.json);
      headers['Idempotency-Key'] = key;
      const answer = await settle(this._post(path, body, headers), NO_ANSWER);
      const isStale = answer.status === 401 || answer.status === 403;
      if (isStale) this.forget();
      if (tries === 2 || (answer.status !== 0 && !isStale)) return answer;
    }
  }

  /** Asks the app for a token, one question at a time; null when it has none. */
  _fetch() {
    if (this._token !== undefined) return this._token;
    if (this._fetching === null) {
      const asked = this._ask(this._user);
      this._fetching = asked;
      asked.then((token) => {
        if (this._fetching !== asked) return;
        this._fetching = null;
        if (token !== null) this._token = token;
      });
    }
    return this._fetching;
  }

  async _ask(user) {
    try {
      const token = await this._source({ user });
      return typeof token === 'string' && token !== '' ? token : null;
    } catch (error) {
      this._onError(new HuitouError('token_failed', 'the token function failed: ' + messageOf(error)));
      return null;
    }
  }

  _headers(token, type) {
    const headers = { 'Content-Type': type };
    if (token !== null) headers.Authorization = 'Bearer ' + token;
    return headers;
  }

  async _post(path, body, headers) {
    try {
      const answer = await this._host.send({ url: this._url + path, method: 'POST', headers, body, timeout_ms: REQUEST_TIMEOUT_MS });
      const retry_after_s = retryAfterSeconds(headerOf(answer.headers, 'retry-after'), this._host.now());
      return { status: answer.status, body: bodyText(answer.body), retry_after_s };
    } catch (error) {
      return NO_ANSWER;
    }
  }
}
