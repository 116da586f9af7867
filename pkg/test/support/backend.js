/** A backend as docs/backend.md describes it, in memory: the highest revision of each row holds. */
import { requireBuilt } from './built.js';

export class Backend {
  constructor() {
    this.uploads = [];
    this.rows = new Map();
    this.names = new Map();
    this.deleted = [];
    this.attributes = {};
    this.decode = requireBuilt('dist/node/server.cjs').decodeUpload;
  }

  /** What `wx.request` would give for a request. */
  answerWx({ header, data }) {
    const answer = this.receive(header['Content-Type'], new Uint8Array(data));
    return { statusCode: 200, header: { Date: 'x' }, data: JSON.stringify(answer) };
  }

  receive(type, bytes) {
    const read = type === 'application/json'
      ? { upload: JSON.parse(Buffer.from(bytes).toString()) }
      : this.decode(bytes, (hash) => this.names.get(hash));
    if (read.unknown !== undefined) return { acks: [], names: true };
    if (read.names) this.names.set(read.names.hash, read.names.bytes);
    return this.take(read.upload);
  }

  take(upload) {
    this.uploads.push(upload);
    if (upload.delete) this.deleted.push(upload.delete);
    if (upload.attributes) this.attributes = upload.attributes.set;
    const rows = upload.rows || [];
    rows.forEach((row) => {
      const key = [upload.user, upload.device, row.s, row.d].join();
      const held = this.rows.get(key);
      if (!held || held.r < row.r) this.rows.set(key, row);
    });
    return { acks: rows.map(({ s, d, r }) => ({ s, d, r })), attributes: upload.attributes && upload.attributes.rev, deleted: upload.delete };
  }

  /** How often an event was counted, over all rows. */
  count(event) {
    return [...this.rows.values()].reduce((sum, { e = {} }) => sum + (e[event] ? e[event].n : 0), 0);
  }

  /** Counts by value of a dimension, over all rows. */
  countBy(event, dimension) {
    const sums = {};
    this.rows.forEach(({ e = {} }) => {
      const table = (e[event] && e[event].by && e[event].by[dimension]) || {};
      Object.entries(table).forEach(([value, [count]]) => { sums[value] = (sums[value] || 0) + count; });
    });
    return sums;
  }

  /** What was not counted, by reason, over all rows. */
  drops() {
    const sums = {};
    this.rows.forEach(({ x = {} }) => {
      Object.entries(x).forEach(([reason, count]) => { sums[reason] = (sums[reason] || 0) + count; });
    });
    return sums;
  }
}
