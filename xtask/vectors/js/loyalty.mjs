/**
 * `loyalty.json`, `loyalty-rules.json` and `journeys.json` on the built package's server entry. Which entry an event is, and what is
 * compared, is said in `src/loyalty.rs`.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const require = createRequire(join(process.cwd(), 'package.json'));

const OWN = ['check_in', 'order_paid', 'refund', 'redeem', 'membership_bought'];
const GRANTS = ['share', 'activity', 'referral_confirmed'];

export function loyalty({ scenarios }) {
  const { replay, playJourneys } = require('./pkg/dist/node/server.cjs');
  return scenarios.map((scenario) => {
    const { id, title, expected } = scenario;
    const name = `${id} ${title}`;
    const replayed = withJourneys(replay(ledger(scenario)), playJourneys(ledger(scenario)));
    const wanted = comparable(expected);
    const found = foundIn(replayed, wanted);
    const difference = isDeepStrictEqual(found, wanted)
      ? null
      : `expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`;
    return { name, difference, digest: replayed.digest };
  });
}

/** What journeys did, among what the ledger asks to be done: of one date the ledger's goes first. */
function withJourneys(replayed, { actions, credits }) {
  const all = replayed.actions.concat(actions);
  return { ...replayed, credits, actions: all.sort((a, b) => (a.on < b.on ? -1 : Number(a.on > b.on))) };
}

function ledger({ program, attributes, events, expected }) {
  return {
    attributes,
    program: { ...program, app: 'vectors', revision: 1 },
    entries: events.flatMap(entries),
    observe_at: Date.parse(expected.observe_at),
    tz: offsetMin(expected.observe_at),
  };
}

/** Minutes east of UTC at the end of an RFC 3339 text. */
function offsetMin(text) {
  if (text.endsWith('Z')) return 0;
  const [, sign, hours, minutes] = text.match(/([+-])(\d\d):(\d\d)$/);
  return (sign === '-' ? -1 : 1) * (hours * 60 + Number(minutes));
}

function entries(event) {
  const first = { at: Date.parse(event.at), tz: offsetMin(event.at) };
  if (event.repeat_days === undefined) return [entry(event, first, '')];
  return Array.from({ length: event.repeat_days }, (_, day) => entry(event, later(first, day, event.repeat_zone), day + 1));
}

/** The same clock time so many dates later: with the same offset, or in a zone. */
function later({ at, tz }, days, zone) {
  const later = at + days * 86_400_000;
  if (zone === undefined) return { at: later, tz };
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(later);
  const there = offsetMin(parts.find(({ type }) => type === 'timeZoneName').value.replace('GMT', '') || 'Z');
  return { at: later + (tz - there) * 60_000, tz: there };
}

function entry(event, moment, number) {
  const received = event.received_at === undefined ? {} : { received_at: Date.parse(event.received_at) };
  const named = event.type === undefined ? {} : { name: event.type };
  return { ...event, ...named, ...members(event), id: `${event.id}${number}`, device: event.device ?? 'phone', ...moment, ...received };
}

function members({ kind, type, date, source }) {
  if (OWN.includes(type)) return { kind: type };
  if (type === 'make_up') return { kind: type, day: date };
  if (GRANTS.includes(type)) return { kind: 'grant', source: source ?? type };
  return kind === undefined ? {} : { kind };
}

function foundIn({ state, results, actions, credits }, wanted) {
  const inner = (section) => {
    const figure = (name) => [name, state[section][name === 'expired_total' ? 'expired' : name]];
    return Object.fromEntries(Object.keys(wanted[section]).map(figure));
  };
  const figures = {
    streak: () => inner('streak'),
    points: () => inner('points'),
    tier: () => state.tier?.name,
    growth: () => state.growth,
    member_until: () => state.membership.until,
    event_results: () => results,
    actions: () => actions.map((action, at) => like(texted(action), wanted.actions[at])),
    credits: () => credits,
  };
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, figures[key]?.() ?? 'not told']));
}

function comparable({ observe_at: _, ...expected }) {
  const dated = (action) => (action.at === undefined ? action : { ...action, at: Date.parse(action.at) });
  return expected.actions === undefined ? expected : { ...expected, actions: expected.actions.map((action) => dated(texted(action))) };
}

/** With the members that are expected of it. */
function like(action, wanted) {
  return wanted ? Object.fromEntries(Object.entries(action).filter(([name]) => name in wanted)) : action;
}

/** With the reference as text: a discount's is a number of fen. */
const texted = (action) => ({ ...action, ref: String(action.ref) });
