//! Whether something is done now: the rules that the phone planned by, held against what the server knows at the moment.

use huitou::clock::{OffsetMin, DAY_MS};
use huitou::program::journeys::{Journey, ReEntry};

use super::guide::Guide;
use super::Action;

/// Marketing that is so much too late says nothing any more.
const MARKETING_LATE_MAX_MS: i64 = DAY_MS;
/// The same of service messages.
const SERVICE_LATE_MAX_MS: i64 = 7 * DAY_MS;
/// What was promised is kept so long, however long the server was down.
const PROMISE_LATE_MAX_MS: i64 = 30 * DAY_MS;
/// How long a coupon waits for the order that it is for.
const ORDER_WAIT_MS: i64 = 7 * DAY_MS;
/// How often that is looked at.
const ORDER_LOOK_MS: i64 = 3_600_000;
/// Of journeys that may begin again at will, each step gives something once in so long: a forged phone begins often.
const GIVEN_EVERY_MS: i64 = DAY_MS;

/// What the server knows beside the action itself.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The trip still wants it.
    pub is_wanted: bool,
    /// The phone's zone when it told of the trip.
    pub offset: OffsetMin,
    /// Days before the date of the question on which she got marketing; 0 for the same date.
    pub sent_days_ago: Vec<i64>,
    /// Subscriptions left of the template; `None` if only the phone counts.
    pub credits: Option<u32>,
    /// The trip's key is an order that she paid.
    pub is_order_paid: bool,
    /// When the same step last gave her something, of any trip through that journey, or of those with the same key.
    pub given_ms: Option<i64>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Hand it to a courier.
    Go,
    /// Not before that moment.
    Hold(i64),
    /// It is over: what the phone is told, and why.
    Over(&'static str, &'static str),
    /// Nobody wants it any more.
    Unwanted,
}

/// Judges one action at a moment.
pub fn judge(guide: &Guide, action: &Action, known: &Known, now_ms: i64) -> Judgement {
    if !known.is_wanted {
        return Judgement::Unwanted;
    }
    if !guide.knows_none() && !is_declared(guide, action) {
        return Judgement::Over("refused", "the program declares no such action");
    }
    if now_ms - action.due_ms > late_max_ms(action) {
        return Judgement::Over("expired", "too late");
    }
    match action.kind.as_str() {
        "message" => message(guide, action, known, now_ms),
        _ => guide.journey(&action.journey).map_or(Judgement::Go, |journey| gift(journey, action, known, now_ms)),
    }
}

/// A plan is a claim: only what the merchant declared is done.
fn is_declared(guide: &Guide, action: &Action) -> bool {
    let deed = guide.deed(&action.journey, action.step, action.variation);
    deed.is_some_and(|deed| {
        deed.kind.word() == action.kind && deed.reference == action.reference && deed.is_service == action.is_service
    })
}

fn late_max_ms(action: &Action) -> i64 {
    match (action.kind.as_str(), action.is_service) {
        ("message", false) => MARKETING_LATE_MAX_MS,
        ("message", true) => SERVICE_LATE_MAX_MS,
        _ => PROMISE_LATE_MAX_MS,
    }
}

fn message(guide: &Guide, action: &Action, known: &Known, now_ms: i64) -> Judgement {
    let rules = &guide.messages;
    if !action.is_service {
        let held_ms = guide.held(now_ms, known.offset);
        if held_ms > now_ms {
            return Judgement::Hold(held_ms);
        }
        let within = |days: i64| known.sent_days_ago.iter().filter(|ago| (0..days).contains(*ago)).count();
        let is_full = |max: u32, days: i64| max > 0 && within(days) >= max as usize;
        if is_full(rules.per_day_max, 1) || is_full(rules.per_7_days_max, 7) {
            return Judgement::Over("capped", "the caps are reached");
        }
    }
    if rules.needs_credit && known.credits == Some(0) {
        return Judgement::Over("no_quota", "no subscription is left");
    }
    Judgement::Go
}

/// What is worth something: for an order only with the order, and no more often than the journey may begin.
fn gift(journey: &Journey, action: &Action, known: &Known, now_ms: i64) -> Judgement {
    let is_by_order = journey.instance_key == "order_id";
    if is_by_order && !known.is_order_paid {
        let is_hopeless = now_ms - action.due_ms > ORDER_WAIT_MS;
        let over = Judgement::Over("refused", "she did not pay that order");
        return if is_hopeless { over } else { Judgement::Hold(now_ms + ORDER_LOOK_MS) };
    }
    let every_ms = match journey.re_entry {
        _ if is_by_order => i64::MAX,
        ReEntry::Never => i64::MAX,
        ReEntry::AfterDays(days) => (i64::from(days) * DAY_MS).max(GIVEN_EVERY_MS),
        ReEntry::WhenFinished => GIVEN_EVERY_MS,
    };
    // Trips through such a journey may begin some time apart and their steps be due a little less.
    let is_too_soon = |given_ms: i64| now_ms.saturating_sub(given_ms) < every_ms.saturating_sub(DAY_MS / 2);
    if known.given_ms.is_some_and(is_too_soon) {
        return Judgement::Over("refused", "it was given a short time ago");
    }
    Judgement::Go
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_320_000_000; // 2026-11-22T04:00:00Z, noon in China
    const HOUR: i64 = 3_600_000;

    fn guide() -> Guide {
        let coupon = r#"[{"do":{"kind":"coupon","ref":"five"}}]"#;
        let text = format!(
            r#"{{"app":"a","revision":1,"journeys":[
              {{"id":"hello","enter_on":"visit","steps":[{{"do":{{"kind":"message","template":"T"}}}}]}},
              {{"id":"gift","enter_on":"visit","re_entry":"30d","steps":{coupon}}},
              {{"id":"often","enter_on":"visit","steps":{coupon}}},
              {{"id":"once","enter_on":"visit","re_entry":"never","steps":{coupon}}},
              {{"id":"order","enter_on":"order_paid","key":"order_id","steps":{coupon}}}],
            "messages":{{"quiet_hours":["21:30","09:00"],"max_per_day":1,"max_per_7_days":3,"need_subscription":true}}}}"#
        );
        Guide::of(&huitou::program::load(&text).unwrap().0)
    }

    fn action(journey: &str) -> Action {
        let (kind, reference) = if journey == "hello" { ("message", "T") } else { ("coupon", "five") };
        let (journey, kind, reference) = (journey.to_owned(), kind.to_owned(), reference.to_owned());
        Action { journey, kind, reference, due_ms: NOON, ..Action::default() }
    }

    fn known() -> Known {
        Known { is_wanted: true, ..Known::default() }
    }

    fn judged(journey: &str, known: Known, after_ms: i64) -> Judgement {
        judge(&guide(), &action(journey), &known, NOON + after_ms)
    }

    #[test]
    fn quiet_hours_hold_to_the_minute() {
        let late = 9 * HOUR + HOUR / 2;
        assert_eq!(judged("hello", known(), late - 60_000), Judgement::Go, "21:29");
        let morning = NOON + 21 * HOUR;
        assert_eq!(judged("hello", known(), late), Judgement::Hold(morning), "21:30");
        assert_eq!(judged("hello", known(), 21 * HOUR - 60_000), Judgement::Hold(morning), "08:59 on the next date");
        assert_eq!(judged("hello", known(), 21 * HOUR), Judgement::Go, "09:00");
        assert_eq!(judged("gift", known(), late), Judgement::Go, "a coupon rings no bell");
    }

    #[test]
    fn caps_and_credits_count() {
        let capped = Judgement::Over("capped", "the caps are reached");
        let sent = |days: &[i64]| Known { sent_days_ago: days.to_vec(), ..known() };
        assert_eq!(judged("hello", sent(&[0]), 0), capped, "one on a date");
        assert_eq!(judged("hello", sent(&[1, 6]), 0), Judgement::Go);
        assert_eq!(judged("hello", sent(&[1, 2, 6]), 0), capped, "three in seven");
        assert_eq!(judged("hello", sent(&[1, 2, 7]), 0), Judgement::Go);
        let credits = |credits| Known { credits, ..known() };
        assert_eq!(judged("hello", credits(Some(0)), 0), Judgement::Over("no_quota", "no subscription is left"));
        assert_eq!(judged("hello", credits(Some(1)), 0), Judgement::Go);
        assert_eq!(judged("hello", credits(None), 0), Judgement::Go, "only the phone counts");
    }

    #[test]
    fn lateness_depends_on_what_it_is() {
        let late = Judgement::Over("expired", "too late");
        assert_eq!(judged("hello", known(), 24 * HOUR), Judgement::Go);
        assert_eq!(judged("hello", known(), 24 * HOUR + 1), late);
        let service = Action { is_service: true, ..action("hello") };
        let guide = Guide::default();
        assert_eq!(judge(&guide, &service, &known(), NOON + 7 * DAY_MS), Judgement::Go);
        assert_eq!(judge(&guide, &service, &known(), NOON + 7 * DAY_MS + 1), late);
        assert_eq!(judged("gift", known(), 30 * DAY_MS), Judgement::Go);
        assert_eq!(judged("gift", known(), 30 * DAY_MS + 1), late);
    }

    #[test]
    fn a_forged_phone_gets_no_more_than_the_program_gives() {
        let soon = Judgement::Over("refused", "it was given a short time ago");
        let given = |ms: i64| Known { given_ms: Some(NOON - ms), ..known() };
        let half = DAY_MS / 2;
        assert_eq!(judged("gift", given(30 * DAY_MS - half - 1), 0), soon);
        assert_eq!(judged("gift", given(30 * DAY_MS - half), 0), Judgement::Go);
        assert_eq!(judged("often", given(half - 1), 0), soon);
        assert_eq!(judged("often", given(half), 0), Judgement::Go);
        assert_eq!(judged("once", given(3000 * DAY_MS), 0), soon);
        assert_eq!(judged("order", known(), 0), Judgement::Hold(NOON + HOUR), "the order may still come");
        let hopeless = Judgement::Over("refused", "she did not pay that order");
        assert_eq!(judged("order", known(), 7 * DAY_MS + 1), hopeless);
        assert_eq!(judged("order", Known { is_order_paid: true, ..known() }, 0), Judgement::Go);
        let other = Action { reference: "five-hundred".into(), ..action("gift") };
        let undeclared = Judgement::Over("refused", "the program declares no such action");
        assert_eq!(judge(&guide(), &other, &known(), NOON), undeclared);
        let none = Known { is_wanted: false, ..known() };
        assert_eq!(judged("gift", none, 0), Judgement::Unwanted);
    }
}
