// Calendar dates as text ('2026-11-22') and the months that a check-in page draws. Pure functions.
const DAY_MS = 86400000;

const ms = (day) => Date.parse(`${day}T00:00:00Z`);
const dayOf = (at) => new Date(at).toISOString().slice(0, 10);

/** The date some days later (or earlier). */
const plus = (day, count) => dayOf(ms(day) + count * DAY_MS);

/** How many days lie between two dates. */
const between = (from, to) => Math.round((ms(to) - ms(from)) / DAY_MS);

/** '11 月 22 日' */
const spoken = (day) => `${Number(day.slice(5, 7))} 月 ${Number(day.slice(8, 10))} 日`;

/** '2026 年 11 月 22 日' */
const full = (day) => `${day.slice(0, 4)} 年 ${spoken(day)}`;

/** As short as it can be said on a date: without the year if it is the same. */
const near = (day, from) => (day.slice(0, 4) === from.slice(0, 4) ? spoken(day) : full(day));

/** How a date of the streak looks: what happened on it, what may still happen. */
function lookOf(day, { kinds, makeUp, today }) {
  if (kinds[day]) return kinds[day];
  if (day > today) return 'later';
  return makeUp.includes(day) ? 'missed' : 'plain';
}

/** A month from Monday to Sunday: blanks in front, then {day, date, look, today}. `back` counts months from today's. */
function month(streak, today, back) {
  const [year, number] = [Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1 - back];
  const first = dayOf(Date.UTC(year, number, 1));
  const count = new Date(Date.UTC(year, number + 1, 0)).getUTCDate();
  const kinds = {};
  streak.days.forEach(([day, kind]) => { kinds[day] = kind; });
  const known = { kinds, today, makeUp: streak.make_up ? streak.make_up.dates : [] };
  const blanks = (new Date(ms(first)).getUTCDay() + 6) % 7;
  const dates = Array.from({ length: count }, (_, i) => {
    const day = plus(first, i);
    return { day, date: i + 1, look: lookOf(day, known), today: day === today };
  });
  return { title: `${first.slice(0, 4)} 年 ${Number(first.slice(5, 7))} 月`, cells: Array.from({ length: blanks }, (_, i) => ({ day: `blank-${i}`, look: 'blank' })).concat(dates) };
}

module.exports = { between, full, month, near, plus, spoken };
