/** Compares what the file says of each household with what the database says. */
import { dayOf } from './orders.mjs';
import { storedRows } from './collector.mjs';

function add(table, key, count) {
  table.set(key, (table.get(key) || 0) + count);
}

function emptyAccount() {
  return { orders: 0, paidFen: 0, orderFen: new Map(), lines: new Map(), quantity: 0, days: new Set() };
}

/** What the file says. */
function accountOf({ baskets }) {
  const account = emptyAccount();
  for (const { at, orderId, paidFen, categories } of baskets) {
    account.orders += 1;
    account.paidFen += paidFen;
    add(account.orderFen, orderId, paidFen);
    categories.forEach((category) => add(account.lines, category, 1));
    account.quantity += categories.length;
    account.days.add(dayOf(at));
  }
  return account;
}

/** Adds a stored row (the JSON profile's). */
function addRow(account, { d, e = {}, o = [] }) {
  account.days.add(d);
  account.orders += e.order ? e.order.n : 0;
  account.paidFen += e.order && e.order.num ? e.order.num.paid_fen.sum : 0;
  o.forEach(([id, fen]) => add(account.orderFen, id, fen));
  const { order_item: lines } = e;
  if (!lines) return;
  Object.entries(lines.by.category).forEach(([category, [count]]) => add(account.lines, category, count));
  account.quantity += lines.num.quantity.sum;
}

/** What the database says, by user. */
async function storedAccounts(db) {
  const accounts = new Map();
  for await (const { user, body } of storedRows(db)) {
    if (!accounts.has(user)) accounts.set(user, emptyAccount());
    addRow(accounts.get(user), typeof body === 'string' ? JSON.parse(body) : body);
  }
  return accounts;
}

/** Comparable text of a figure: maps and sets in order of their keys. */
function shown(figure) {
  return JSON.stringify(typeof figure === 'number' ? figure : [...figure].sort());
}

function differencesOf(user, wanted, stored) {
  const differing = Object.keys(wanted).filter((name) => shown(wanted[name]) !== shown(stored[name]));
  return differing.map((name) => `${user}: ${name} is ${shown(stored[name]).slice(0, 200)}, the file says ${shown(wanted[name]).slice(0, 200)}`);
}

/**
 * Every difference, as a line of text; none if the database equals the file exactly.
 * @param {string} db
 * @param {{user: string, baskets: object[]}[]} households
 */
export async function differences(db, households) {
  const stored = await storedAccounts(db);
  return households.flatMap((household) => {
    const { user } = household;
    return differencesOf(user, accountOf(household), stored.get(user) || emptyAccount());
  });
}

/** Whether the database already holds rows of one of them. */
export async function holdsAny(db, households) {
  const users = new Set(households.map(({ user }) => user));
  for await (const { user } of storedRows(db)) if (users.has(user)) return true;
  return false;
}
