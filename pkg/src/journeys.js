import { HuitouError } from './error.js';

/** The calls about journeys, mixed into Huitou; index.d.ts says what they promise. */
export const journeyCalls = {
  plan() {
    return this._keeper.read({ op: 'plan' });
  },

  journeys() {
    return this._keeper.read({ op: 'journeys' });
  },

  askable(templates) {
    return this._keeper.read({ op: 'askable', templates });
  },

  /** The platform must be asked within the tap, before anything is awaited; this function is not async for that reason. */
  requestSubscribe(templates) {
    try {
      const asked = this.askable(templates);
      if (asked.length === 0) return Promise.resolve({});
      if (!this._host.askSubscribe) throw new HuitouError('unsupported', 'this host has no subscription messages');
      return this._host.askSubscribe(asked).then((results) => this.subscribeResult(results).then(() => results));
    } catch (error) {
      return Promise.reject(error);
    }
  },

  subscribeResult(results) {
    return this._tell({ op: 'subscribe_result', results });
  },

  dismiss(id) {
    return this._tell({ op: 'dismiss', id });
  },

  converted(id) {
    return this._tell({ op: 'converted', id });
  },

  wecomLinked(linked) {
    return this._tell({ op: 'wecom', linked: linked !== false });
  },
};
