/**
 * The plainest receiver of the JSON profile: the highest revision of each row holds, and its sums are the figures.
 * As docs/backend.md describes it.
 */
export class Receiver {
  constructor() {
    this.rows = new Map();
    this.attributes = new Map();
    this.deletions = 0;
    /** By user: lists of [number, order id]. */
    this.facts = {};
  }

  /** The answer to an upload. */
  receive(upload) {
    const answer = { acks: (upload.rows || []).map((row) => this._takeRow(upload, row)) };
    if (upload.delete) answer.deleted = this._delete(upload);
    if (upload.attributes) answer.attributes = this._takeAttributes(upload);
    const facts = (this.facts[upload.user] || []).filter(([n]) => n > upload.facts);
    answer.facts = facts.map(([n, order_id]) => ({ n, kind: 'order_paid', order_id, paid_fen: 1 }));
    return answer;
  }

  _takeRow({ user, device }, row) {
    const key = [user, device, row.s, row.d].join('/');
    const held = this.rows.get(key);
    if (!held || held.row.r < row.r) this.rows.set(key, { user, device, row });
    return { s: row.s, d: row.d, r: row.r };
  }

  _delete({ user, device, delete: id }) {
    for (const [key, held] of this.rows) {
      if (held.device === device && (held.user === user || held.user === '')) this.rows.delete(key);
    }
    this.attributes.delete(user);
    this.deletions += 1;
    return id;
  }

  _takeAttributes({ user, attributes }) {
    const held = this.attributes.get(user);
    if (!held || held.rev < attributes.rev) this.attributes.set(user, attributes);
    return attributes.rev;
  }

  /** Rows added up: by day, or by user. */
  sums(keyOf) {
    const sums = {};
    for (const held of this.rows.values()) {
      const key = keyOf(held);
      sums[key] = merge(sums[key] || {}, figures(held.row));
    }
    return sums;
  }
}

/** A row without what names it. The buckets of a sketch become an object, so that equal ones meet. */
function figures({ s, d, r, ...counts }) {
  const events = Object.entries(counts.e || {}).map(([name, event]) => [name, { ...event, ...(event.num && { num: opened(event.num) }) }]);
  return { ...counts, ...(counts.e && { e: Object.fromEntries(events) }) };
}

const opened = (num) => mapped(num, ({ sum, b = [] }) => ({ sum, b: Object.fromEntries(b) }));
const closed = (num) => mapped(num, ({ sum, b }) => ({ sum, b: Object.entries(b).map(([bucket, count]) => [Number(bucket), count]).sort((x, y) => x[0] - y[0]) }));
const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** Adds numbers, element by element; orders are put side by side. */
function merge(mine, theirs, key) {
  if (mine === undefined) return theirs;
  if (theirs === undefined) return mine;
  if (key === 'o') return mine.concat(theirs).sort();
  if (typeof mine === 'number') return mine + theirs;
  if (Array.isArray(mine)) return Array.from({ length: Math.max(mine.length, theirs.length) }, (_, at) => merge(mine[at], theirs[at]));
  const keys = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
  return Object.fromEntries([...keys].map((each) => [each, merge(mine[each], theirs[each], each)]));
}

/** Sums in the words of the JSON profile. */
export function inWords(sums) {
  return mapped(sums, (stats) => (stats.e ? { ...stats, e: mapped(stats.e, (event) => (event.num ? { ...event, num: closed(event.num) } : event)) } : stats));
}
