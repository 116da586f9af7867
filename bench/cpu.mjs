/** What `track()` costs: CPU of the synchronous call, and of what it leaves to do. */
import { Visitor } from './scenarios.mjs';

const BURST = 20;

function cpuUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The middle one. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Bursts of events; microseconds an event of the call itself, and of all that follows from it. */
async function round(subject, visitor, bursts) {
  let called = 0;
  const began = cpuUs();
  for (let burst = 0; burst < bursts; burst++) {
    const before = cpuUs();
    for (let event = 0; event < BURST; event++) visitor.look();
    called += cpuUs() - before;
    await subject.world.advance(700);
  }
  const events = bursts * BURST;
  return { call: called / events, all: (cpuUs() - began) / events };
}

/** One of the subjects, started, with somebody to look around. */
async function prepared([name, create]) {
  const subject = create({ isReal: true });
  await subject.start();
  return { name, subject, visitor: new Visitor(subject, 'cpu'), rounds: [] };
}

/**
 * Medians over rounds that take turns, so that a busy machine hits all alike.
 * @param {Record<string, Function>} subjects
 * @param {{rounds: number, bursts: number}} size
 * @returns {Promise<Record<string, {call: number, all: number}>>}
 */
export async function trackCpu(subjects, { rounds, bursts }) {
  const contestants = await Promise.all(Object.entries(subjects).map(prepared));
  for (const { subject, visitor } of contestants) await round(subject, visitor, bursts);
  for (let count = 0; count < rounds; count++) {
    for (const { subject, visitor, rounds: done } of contestants) done.push(await round(subject, visitor, bursts));
  }
  return Object.fromEntries(contestants.map(({ name, rounds: done }) => [name, {
    call: median(done.map(({ call }) => call)),
    all: median(done.map(({ all }) => all)),
  }]));
}
