// What is to be done for one person while she is away: trips as her phones tell of them, and what came of their steps.
const DAY_MS = 86400000;
// Marketing that comes later than this says nothing any more; what was promised is kept so long.
const LATE_MS_MAX = { message: DAY_MS, service: 7 * DAY_MS, coupon: 30 * DAY_MS, points: 30 * DAY_MS };
// A phone that forgot a trip never says that it knows.
const TOLD_MS_MAX = 14 * DAY_MS;

const same = (one, other) => one.journey === other.journey && one.key === other.key;
const idOf = ({ journey, key, at }, step) => JSON.stringify([journey, key, at, step]);

class Plans {
  // `journeys` of the newest program: what a phone claims is done only if it stands there.
  constructor(journeys, stored = { trips: [], done: {} }) {
    this.journeys = journeys;
    this.stored = stored;
  }

  // An upload's plan. Gives the revision to echo.
  take({ rev, trips }, device) {
    const held = this.stored.trips;
    trips.forEach((trip) => {
      const at = held.findIndex((each) => same(each, trip) && each.at === trip.at);
      if (at >= 0 && held[at].device === device && held[at].rev >= rev) return;
      const stopped = at >= 0 && held[at].stopped;
      held.splice(at >= 0 ? at : held.length, 1, { ...trip, device, rev, stopped });
      trip.done.forEach(([step, outcome]) => {
        const known = this.stored.done[idOf(trip, step)];
        if (known && known.outcome === outcome) known.told = true;
      });
    });
    return rev;
  }

  // What the server sees ends trips that began before it: `{kind, at, order_id?}`.
  stop({ kind, at, order_id: order }) {
    this.stored.trips.forEach((trip) => {
      const isAbout = !trip.by_order || trip.key === order;
      if (trip.cancel_on.includes(kind) && isAbout && at > trip.at) trip.stopped = true;
    });
  }

  // Of trips with one journey and key the newest counts, or the oldest if she may begin but once.
  counts(trip) {
    const rivals = this.stored.trips.filter((each) => same(each, trip)).map(({ at }) => at);
    return trip.at === (trip.once ? Math.min(...rivals) : Math.max(...rivals));
  }

  deed({ journey, variation }, step) {
    const declared = this.journeys.find(({ id }) => id === journey);
    const deeds = [].concat(declared && declared.steps[step] ? declared.steps[step].do : []);
    return deeds[deeds.length > 1 ? variation : 0];
  }

  // Actions to do now: those whose moment has come, and those that came at once on the phone.
  due(now) {
    const actions = this.stored.trips.filter((trip) => !trip.held_out && this.counts(trip)).flatMap((trip) => {
      const runs = ['running', 'finished'].includes(trip.standing) && !trip.stopped;
      const fired = trip.done.filter(([, outcome]) => outcome === 'done').map(([step]) => ({ step, at: trip.at }));
      return [...(runs ? trip.due : []), ...fired].map(({ step, at }) => {
        const { kind, template, ref, purpose, data } = this.deed(trip, step) || {};
        const isMessage = kind === 'message';
        const late = LATE_MS_MAX[isMessage && purpose === 'service' ? 'service' : kind];
        const isWanted = late && at <= now && at > now - late && (runs || !isMessage);
        return isWanted && !this.stored.done[idOf(trip, step)] && { trip, step, kind, ref: template || ref, data };
      });
    });
    return actions.filter(Boolean);
  }

  // Before an action is tried: after a crash nobody knows whether it was done, and it is not done again.
  begin({ trip, step }, now) {
    this.stored.done[idOf(trip, step)] = { outcome: 'sent', at: now, told: false };
  }

  settle({ trip, step }, outcome) {
    this.stored.done[idOf(trip, step)].outcome = outcome;
  }

  // What the phone does not know yet, for the answer's `journeys`.
  results(device, now) {
    return this.stored.trips.filter((trip) => trip.device === device).flatMap(({ journey, key, at, due, done }) => {
      const steps = [...due.map(({ step }) => step), ...done.map(([step]) => step)];
      return steps.map((step) => ({ step, known: this.stored.done[idOf({ journey, key, at }, step)] }))
        .filter(({ known }) => known && !known.told && known.at > now - TOLD_MS_MAX)
        .map(({ step, known }) => ({ journey, key, at, step, outcome: known.outcome }));
    });
  }
}

module.exports = { Plans };
