import { HuitouError } from './error.js';
import { REQUEST_TIMEOUT_MS, headerOf } from './sender.js';
import { settle } from './timer.js';

/** The engine reads half a megabyte: a longer text need not even be copied into its memory, which never shrinks. */
const PAYLOAD_CHARS_MAX = 524288;

const MINUTE_MS = 60000;

const kindOf = (value) => (Array.isArray(value) ? 'list' : typeof value);

const isMissing = (value) => value === undefined || value === null;

/** The calls about experiments, mixed into Huitou; what they promise is written in index.d.ts. */
export const experimentCalls = {
  feature(key, fallback) {
    const features = this._keeper.features();
    const value = features && features.value(key);
    if (isMissing(value)) return fallback;
    if (isMissing(fallback) || kindOf(value) === kindOf(fallback)) return value;
    this._keeper.misread(key);
    return fallback;
  },

  isOn(key) {
    return Boolean(this.feature(key));
  },

  variant(key) {
    const features = this._keeper.features();
    return features ? features.variant(key) : undefined;
  },

  override(key, variation) {
    return this._tell({ op: 'override', key, variation });
  },

  refreshFeatures() {
    return this._keeper.payload.refresh();
  },
};

/** The payload in force beside the program: the latest from its address, else the app's own. */
export class Payload {
  /** @param {object} settings see open.js */
  constructor({ host, experiments: { payload, url, refresh_minutes, decrypt } }, keeper, events) {
    this._host = host;
    this._url = url;
    this._decrypt = decrypt || ((text) => text);
    this._age_ms = (refresh_minutes === undefined ? 60 : refresh_minutes) * MINUTE_MS;
    this._keeper = keeper;
    this._events = events;
    this._own = payload && { text: payload, source: 'payload' };
    this._latest = null;
    this._key = '';
    this._askedAt = -Infinity;
    this._asking = null;
  }

  /** Gives a fresh engine the payload; `cache` is what storage holds. One that can't be loaded is not tried again. */
  adopt({ key, text }) {
    this._key = key;
    if (!this._latest) this._latest = this._unpacked(text);
    const payload = this._latest || this._own;
    if (!payload) return;
    try {
      this._load(payload);
    } catch (error) {
      if (this._latest) this.drop();
      else this._own = null;
      this._latest = null;
      this._keeper.report(error);
      if (this._keeper.features()) this.adopt({ key });
    }
  }

  /** Asks the address, if the last answer is old. */
  poll() {
    if (!this._url || !this._keeper.consent || Math.abs(this._host.now() - this._askedAt) < this._age_ms) return;
    this.refresh().catch((error) => error.code !== 'offline' && this._keeper.report(error));
  }

  /** Asks the address; true if another payload is in force now. */
  refresh() {
    if (this._asking === null) {
      const done = () => {
        this._asking = null;
      };
      this._asking = this._fetch();
      this._asking.then(done, done);
    }
    return this._asking;
  }

  /** Consent was given: the address may be asked, and what it said before be stored. */
  permit() {
    this.keep();
    this.poll();
  }

  /** Stores the latest payload for the next start. Synchronously, so that it can't land after a withdrawal. */
  keep() {
    if (!this._latest || !this._keeper.consent) return;
    try {
      this._host.saveSync(this._key, JSON.stringify([this._url, this._latest.etag, this._latest.text]));
    } catch (error) {
      // The next start asks the address.
    }
  }

  /** Takes it out of storage. */
  async drop() {
    try {
      await this._host.remove(this._key);
    } catch (error) {
      // The next start without consent tries again.
    }
  }

  _unpacked(cached) {
    if (!cached) return null;
    try {
      const [url, etag, text] = JSON.parse(cached);
      if (url === this._url && this._keeper.consent) return { text, etag, source: 'storage' };
    } catch (error) {
      // Not ours, or torn.
    }
    this.drop();
    return null;
  }

  _load({ text, source }) {
    if (typeof text !== 'string' || text.length > PAYLOAD_CHARS_MAX) {
      throw new HuitouError('payload_too_big', 'a payload has at most 512 KB: reduce it on the server');
    }
    const open = this._decrypt(text);
    const { features, warnings } = this._keeper.ask((engine, at, offset) => engine.features.load(open, at, offset));
    warnings.forEach(({ path, message }) => this._keeper.debug('payload ' + path + ': ' + message));
    this._events.emit('features', { source, features, warnings });
  }

  async _fetch() {
    if (!this._url) throw new HuitouError('no_url', 'open() was given no address of a payload', 'experiments.url');
    await this._keeper.running();
    if (!this._keeper.consent) throw new HuitouError('consent_needed', 'nothing is sent before consent(true)');
    const { etag, text } = this._latest || {};
    const { status, headers, body } = await this._asked(etag ? { 'If-None-Match': etag } : {});
    if (status !== 200 && status !== 304) {
      throw new HuitouError('payload_failed', 'the address of the payload answered ' + status, 'experiments.url');
    }
    const latest = { text: body, etag: headerOf(headers, 'etag'), source: 'url' };
    const isNew = status === 200 && body !== text;
    if (isNew) {
      this._load(latest);
      this._latest = latest;
      this.keep();
    }
    this._askedAt = this._host.now();
    return isNew;
  }

  async _asked(headers) {
    const request = { url: this._url, method: 'GET', headers, timeout_ms: REQUEST_TIMEOUT_MS };
    const answer = await settle(Promise.resolve().then(() => this._host.send(request)), null);
    if (answer === null) throw new HuitouError('offline', 'the address of the payload did not answer', 'experiments.url');
    return answer;
  }
}
