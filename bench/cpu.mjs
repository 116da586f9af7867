/** What `track()` costs: CPU of the synchronous call, and of what it leaves to do. */
import { Visitor } from './scenarios.mjs';

/** One event a second, handed over together: more than most people tap, and what rivals send in one request. */
const BURST = 20;
const SECOND_MS = 1000;

/** Rounds before the first that counts: V8 compiles what runs often. */
const WARM_UP = 4;

/** CPU time of this process, in microseconds. */
export function cpuUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The middle one. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** CPU of a burst's calls. The events are made before, so that only the package's own work is in it. */
function burstUs(track, visitor) {
  const events = visitor.take(BURST);
  const before = cpuUs();
  for (const [name, props] of events) track(name, props);
  return cpuUs() - before;
}

/** Bursts of events; microseconds an event of the call itself, and of all that follows from it. */
async function round({ subject, visitor }, bursts) {
  const nothing = () => undefined;
  let [called, empty] = [0, 0];
  const began = cpuUs();
  for (let burst = 0; burst < bursts; burst++) {
    // Asking for the CPU time costs as much as a few events; a burst of nothing shows how much.
    empty += burstUs(nothing, visitor);
    called += burstUs(subject.track, visitor);
    await subject.world.advance(BURST * SECOND_MS);
  }
  const events = bursts * BURST;
  return { call: (called - empty) / events, all: (cpuUs() - began - 2 * empty) / events };
}

/** Makes events, for somebody else to track. */
class Recorder {
  constructor() {
    this._events = [];
    this._visitor = new Visitor({ track: (name, props) => this._events.push([name, props]) }, 'cpu');
  }

  take(count) {
    this._events = [];
    while (this._events.length < count) this._visitor.look();
    return this._events;
  }
}

/** One of the subjects, started, with somebody to look around. */
async function prepared([name, create]) {
  const subject = create({ isNumbered: false });
  await subject.start();
  return { name, subject, visitor: new Recorder(), rounds: [] };
}

/**
 * Medians over rounds that take turns, so that a busy machine hits all alike.
 * @param {Record<string, Function>} subjects
 * @param {{rounds: number, bursts: number}} size
 * @returns {Promise<Record<string, {call: number, all: number}>>}
 */
export async function trackCpu(subjects, { rounds, bursts }) {
  const contestants = await Promise.all(Object.entries(subjects).map(prepared));
  for (const contestant of contestants) await round(contestant, WARM_UP * bursts);
  for (let count = 0; count < rounds; count++) {
    for (const contestant of contestants) contestant.rounds.push(await round(contestant, bursts));
  }
  return Object.fromEntries(contestants.map(({ name, rounds: done }) => [name, {
    call: median(done.map(({ call }) => call)),
    all: median(done.map(({ all }) => all)),
  }]));
}
