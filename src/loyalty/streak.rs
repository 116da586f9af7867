//! Check-ins: which dates are counted, the runs they form, and what runs have been paid for.

use super::act::{Refusal, Stamp};
use super::codec::{read_day, read_flag, read_small, write_day, write_number};
use crate::bytes::{Reader, Writer};
use crate::clock::{Day, OffsetMin};
use crate::program::rules::{Calendar, Counted, Milestone, Rules};
use crate::program::DayZone;

/// Runs and marks that ended longer ago are forgotten: further back than any window for making up.
const KEPT_DAYS: i64 = 400;
/// After so long a journey no date was jumped over.
const BRIDGE_S: i64 = 48 * 3600;

/// What a date in a run is, if it is not a check-in of its own date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// A freeze covered it: not counted.
    Covered,
    /// A journey jumped over it: not counted.
    Bridged,
    /// Made up for later: counted.
    MadeUp,
}

/// Dates without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: Day,
    pub(super) last: Day,
    /// Counted dates.
    pub(super) counted: u32,
    /// The length up to which milestones were paid: the most that any of its parts reached.
    paid: u32,
}

/// The lengths before and after a date was counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Milestones of the run up to here are paid.
    pub(super) run_before: u32,
    pub(super) run: u32,
    pub(super) total: u32,
    /// The date's place in its run, from 1.
    pub(super) position: u32,
}

/// Everything about check-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Streak {
    /// Ascending, never touching.
    pub(super) runs: Vec<Run>,
    /// Ascending by date.
    pub(super) marks: Vec<(Day, Mark)>,
    /// Freezes that are used up.
    pub(super) frozen: u32,
    pub(super) longest: u32,
    /// Counted dates ever.
    pub(super) total: u32,
    /// The last check-in: its date, moment and offset.
    last: Option<(Day, Stamp)>,
    /// Months since year 0 of the last make-up, and make-ups in it.
    made_up: (u32, u32),
    /// (milestone, how often paid), for milestones with a lifetime limit.
    paid: Vec<((u32, bool), u32)>,
}

impl Streak {
    /// Counted dates of the run that ends today or yesterday.
    pub(super) fn length(&self, today: Day) -> u32 {
        self.current(today).map_or(0, |run| run.counted)
    }

    /// The run that ends today or yesterday.
    pub(super) fn current(&self, today: Day) -> Option<Run> {
        self.runs.last().copied().filter(|run| today.since(run.last) <= 1)
    }

    /// Whether that date is counted.
    pub(super) fn is_counted(&self, day: Day) -> bool {
        for run in self.runs.iter().rev() {
            if run.first <= day {
                return day <= run.last && !matches!(self.mark(day), Some(Mark::Covered | Mark::Bridged));
            }
        }
        false
    }

    /// The date's mark, if it has one.
    pub(super) fn mark(&self, day: Day) -> Option<Mark> {
        let position = self.marks.binary_search_by_key(&day, |mark| mark.0).ok()?;
        self.marks.get(position).map(|mark| mark.1)
    }

    /// Whether a check-in on that date is counted (C1, T6).
    pub(super) fn may_check_in(&self, calendar: &Calendar, day: Day, stamp: Stamp) -> Result<(), Refusal> {
        if self.is_counted(day) || self.last.is_some_and(|(last, _)| day <= last) {
            return Err(Refusal::AlreadyCheckedIn);
        }
        let short = self.travelled(calendar, stamp).is_some_and(|seconds| seconds < calendar.zone_change_s);
        if short {
            return Err(Refusal::TooSoonAfterZoneChange);
        }
        Ok(())
    }

    /// Seconds since the last check-in, if the phone's zone is another one now and counts.
    fn travelled(&self, calendar: &Calendar, stamp: Stamp) -> Option<i64> {
        let (_, last) = self.last?;
        let changed = calendar.zone == DayZone::Event && last.offset != stamp.offset;
        changed.then(|| stamp.moment_s.saturating_sub(last.moment_s))
    }

    /// Counts a check-in that [`Streak::may_check_in`] allows; `covered` hears each date that a freeze covers.
    pub(super) fn check_in(&mut self, rules: &Rules, (day, stamp): (Day, Stamp), covered: &mut dyn FnMut(Day)) -> Step {
        if self.travelled(&rules.calendar, stamp).is_some_and(|seconds| seconds < BRIDGE_S) {
            self.extend(day, Mark::Bridged);
        }
        self.cover(rules, day, covered);
        self.last = Some((day, stamp));
        self.forget(day);
        self.count(day)
    }

    /// Counts a missed date, in the request's month.
    pub(super) fn make_up(&mut self, day: Day, today: Day) -> Step {
        self.made_up = (month(today), self.made_up_in(today).saturating_add(1));
        let position = self.marks.binary_search_by_key(&day, |mark| mark.0);
        match position {
            Ok(position) => self.marks.get_mut(position).into_iter().for_each(|mark| mark.1 = Mark::MadeUp),
            Err(position) => self.marks.insert(position, (day, Mark::MadeUp)),
        }
        self.forget(today);
        self.count(day)
    }

    /// Make-ups in the month of `today`.
    pub(super) fn made_up_in(&self, today: Day) -> u32 {
        if self.made_up.0 == month(today) {
            self.made_up.1
        } else {
            0
        }
    }

    /// Freezes cover the dates before `today` that ended without a check-in, as far as they go (C4).
    pub(super) fn cover(&mut self, rules: &Rules, today: Day, covered: &mut dyn FnMut(Day)) {
        while self.frozen < rules.check_in.freezes_held && self.runs.last().is_some_and(|run| today.since(run.last) > 1)
        {
            let next = self.runs.last().map_or(today, |run| run.last.plus(1));
            self.extend(next.plus(1), Mark::Covered);
            self.frozen += 1;
            covered(next);
        }
    }

    /// The last run reaches the date before `until`.
    fn extend(&mut self, until: Day, mark: Mark) {
        let Some(run) = self.runs.last_mut() else { return };
        while run.last.plus(1) < until {
            run.last = run.last.plus(1);
            self.marks.push((run.last, mark));
        }
    }

    /// The run with that date counted, joined with its neighbours.
    fn count(&mut self, day: Day) -> Step {
        let mut at = self.runs.len();
        while at > 0 && self.runs.get(at - 1).is_some_and(|run| run.last.plus(1) >= day) {
            at -= 1;
        }
        match self.runs.get_mut(at).filter(|run| run.first <= day.plus(1)) {
            Some(run) => {
                run.first = run.first.min(day);
                run.last = run.last.max(day);
                run.counted = run.counted.saturating_add(1);
            }
            None => self.runs.insert(at, Run { first: day, last: day, counted: 1, paid: 0 }),
        }
        self.join(at);
        self.step(at, day)
    }

    /// Joins the run with the next one if they touch.
    fn join(&mut self, at: usize) {
        let (Some(run), Some(next)) = (self.runs.get(at).copied(), self.runs.get(at + 1).copied()) else { return };
        if next.first > run.last.plus(1) {
            return;
        }
        self.runs.remove(at + 1);
        if let Some(run) = self.runs.get_mut(at) {
            run.last = next.last;
            run.counted = run.counted.saturating_add(next.counted);
            run.paid = run.paid.max(next.paid);
        }
    }

    fn step(&mut self, at: usize, day: Day) -> Step {
        self.total = self.total.saturating_add(1);
        let total = self.total;
        let Some(run) = self.runs.get_mut(at) else {
            return Step { run_before: 0, run: 0, total, position: 1 };
        };
        let run_before = run.paid;
        run.paid = run.paid.max(run.counted);
        self.longest = self.longest.max(run.counted);
        let Run { last, counted, .. } = *run;
        let after = u32::try_from(last.since(day)).unwrap_or(0).saturating_sub(self.uncounted(day, last));
        Step { run_before, run: counted, total, position: counted.saturating_sub(after) }
    }

    /// Dates after `day`, through `last`, that are in the run but not counted.
    fn uncounted(&self, day: Day, last: Day) -> u32 {
        let mut dates = 0;
        for (marked, mark) in self.marks.iter().rev() {
            if *marked <= day {
                break;
            }
            dates += u32::from(*marked <= last && *mark != Mark::MadeUp);
        }
        dates
    }

    fn forget(&mut self, today: Day) {
        let old = |day: Day| today.since(day) > KEPT_DAYS;
        while self.runs.len() > 1 && self.runs.first().is_some_and(|run| old(run.last)) {
            self.runs.remove(0);
        }
        while self.marks.first().is_some_and(|mark| old(mark.0)) {
            self.marks.remove(0);
        }
    }

    /// Notes that a milestone is paid once more; false if that was often enough.
    pub(super) fn may_pay(&mut self, day: u32, counted: Counted, times_max: u32) -> bool {
        let key = (day, counted == Counted::Total);
        let position = match self.paid.binary_search_by_key(&key, |paid| paid.0) {
            Ok(position) => position,
            Err(position) => {
                self.paid.insert(position, (key, 0));
                position
            }
        };
        let Some((_, times)) = self.paid.get_mut(position) else { return false };
        let may = times_max == 0 || *times < times_max;
        *times = times.saturating_add(u32::from(may));
        may
    }

    /// Whether a milestone would be paid once more.
    pub(super) fn is_payable(&self, milestone: &Milestone) -> bool {
        let key = (milestone.day, milestone.counted == Counted::Total);
        let times = self.paid.iter().find(|paid| paid.0 == key).map_or(0, |paid| paid.1);
        milestone.times_max == 0 || times < milestone.times_max
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        w.count(self.runs.len());
        for run in &self.runs {
            write_day(w, run.first);
            for number in [run.last.since(run.first) as u32, run.counted, run.paid] {
                write_number(w, u64::from(number));
            }
        }
        w.count(self.marks.len());
        for (day, mark) in &self.marks {
            write_day(w, *day);
            w.byte(*mark as u8);
        }
        for number in [self.frozen, self.longest, self.total, self.made_up.0, self.made_up.1] {
            write_number(w, u64::from(number));
        }
        w.byte(u8::from(self.last.is_some()));
        if let Some((day, stamp)) = self.last {
            write_day(w, day);
            w.signed(stamp.moment_s);
            w.signed(i64::from(stamp.offset.get()));
        }
        w.count(self.paid.len());
        for ((day, total), times) in &self.paid {
            write_number(w, u64::from(*day));
            w.byte(u8::from(*total));
            write_number(w, u64::from(*times));
        }
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Streak> {
        let runs = r.list(|r| {
            let first = read_day(r)?;
            let last = first.plus(i64::from(read_small(r)?));
            Some(Run { first, last, counted: read_small(r)?, paid: read_small(r)? })
        })?;
        let marks = r.list(|r| Some((read_day(r)?, mark(r.byte()?)?)))?;
        let mut numbers = [0; 5];
        for number in &mut numbers {
            *number = read_small(r)?;
        }
        let [frozen, longest, total, month, times] = numbers;
        let last = if read_flag(r)? { Some((read_day(r)?, read_stamp(r)?)) } else { None };
        let paid = r.list(|r| Some(((read_small(r)?, read_flag(r)?), read_small(r)?)))?;
        Some(Streak { runs, marks, frozen, longest, total, last, made_up: (month, times), paid })
    }
}

fn read_stamp(r: &mut Reader) -> Option<Stamp> {
    let moment_s = r.signed()?;
    Some(Stamp { moment_s, offset: OffsetMin::new(r.signed()?.try_into().ok()?) })
}

fn mark(byte: u8) -> Option<Mark> {
    match byte {
        0 => Some(Mark::Covered),
        1 => Some(Mark::Bridged),
        2 => Some(Mark::MadeUp),
        _ => None,
    }
}

/// Months since year 0.
pub(super) fn month(day: Day) -> u32 {
    let (year, month, _) = day.parts();
    year * 12 + month
}
