/** Reads the orders and moves them to the present. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const DAY_MS = 86400000;
const WEEK_MS = 7 * DAY_MS;

/** Where the orders' local clock is taken to stand, minutes east of UTC. No summer time: a day has 24 hours. */
export const OFFSET_MIN = 480;

/** What an order line without a category is counted as; the engine takes no empty text. */
const NO_CATEGORY = 'uncategorised';

function textOf(file) {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** The instant at which a clock of OFFSET_MIN shows this local time. */
function instantOf(local) {
  return Date.parse(local + 'Z') - OFFSET_MIN * 60000;
}

/** Start of the instant's local day. */
export function dayStart(at) {
  const local = at + OFFSET_MIN * 60000;
  return local - (local % DAY_MS) - OFFSET_MIN * 60000;
}

/** `YYYY-MM-DD` of the instant's local day. */
export function dayOf(at) {
  return new Date(at + OFFSET_MIN * 60000).toISOString().slice(0, 10);
}

function basketOf(line, number) {
  const { user, at, order_id, total_fen, items } = JSON.parse(line);
  const instant = instantOf(at);
  if (Number.isNaN(instant)) throw new Error('line ' + (number + 1) + ': no local time: ' + at);
  const categories = items.map(({ category }) => category || NO_CATEGORY);
  return { user, at: instant, orderId: order_id, paidFen: total_fen, categories };
}

/** Whole weeks that bring the last basket to just before `now`: weekdays and distances stay. */
function shiftTo(baskets, now) {
  const last = baskets.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
  const shift = Math.floor((now - last) / WEEK_MS) * WEEK_MS;
  return baskets.map((basket) => ({ ...basket, at: basket.at + shift }));
}

/**
 * The households of a file, each `{user, baskets}` with its baskets oldest first.
 * @param {string} file NDJSON, gzip if it ends with .gz
 * @param {number} now ms
 * @param {number} limit how many households, the first ones of the file
 */
export function readHouseholds(file, now, limit) {
  const lines = textOf(file).split('\n').filter((line) => line !== '');
  const households = new Map();
  for (const basket of shiftTo(lines.map(basketOf), now)) {
    const user = 'household-' + basket.user;
    if (!households.has(user)) households.set(user, { user, baskets: [] });
    households.get(user).baskets.push(basket);
  }
  const chosen = [...households.values()].slice(0, limit);
  chosen.forEach(({ baskets }) => baskets.sort((a, b) => a.at - b.at));
  return chosen;
}
