//! Whatever order phones, facts, claims, answers and crashes come in: nothing is done twice, no rule is broken.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use huitou::summary::report::{ReportDue, ReportPlan, ReportTrip};
use huitou_collector::delivery::guide::Guide;
use huitou_collector::delivery::{Action, Attempt, Tried};
use huitou_collector::fit::random::Random;
use huitou_collector::ledger::{Body, Rulebook};
use huitou_collector::storage::{
    ClaimJob, CreditsJob, Done, Durability, FactJob, Job, SettleJob, Sqlite, Storage, Subject, SyncJob,
};
use tempfile::TempDir;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// 2026-11-22T12:00:00+08:00
const START_MS: i64 = 1_795_320_000_000;
const PER_DAY_MAX: usize = 1;
const PER_7_DAYS_MAX: usize = 3;
const STEPS: usize = 120;
const LIVES: u64 = 150;

const PROGRAM: &str = r#"{"app":"a","revision":1,"journeys":[
  {"id":"hello","enter_on":"visit","exit_on":["order_paid"],"restart_on_repeat":true,"steps":[
     {"after":"1h","do":{"kind":"message","template":"T"}},{"after":"1d","do":{"kind":"message","template":"T"}},
     {"after":"3h","do":{"kind":"coupon","ref":"five"}}]},
  {"id":"care","enter_on":"visit","key":"order_id","steps":[{"after":"1h","do":{"kind":"message","template":"S","purpose":"service"}}]}],
  "messages":{"quiet_hours":["21:30","09:00"],"max_per_day":1,"max_per_7_days":3,"need_subscription":true}}"#;

/// One person's life with two phones, and what the test itself knows of it.
struct Life {
    random: Random,
    storage: Sqlite,
    _folder: TempDir,
    guide: Arc<Guide>,
    now_ms: i64,
    /// Plans as they were told, for telling them again.
    told: Vec<(String, ReportPlan)>,
    claimed: Vec<Action>,
    /// What may have got to her, and when.
    done: BTreeMap<String, (Action, i64)>,
    credits: BTreeMap<&'static str, i64>,
    /// When she paid.
    paid_ms: Vec<i64>,
    again: BTreeSet<String>,
    /// Refused, or given up.
    over: BTreeSet<String>,
    count: u32,
}

impl Life {
    fn new(seed: u64) -> Life {
        let folder = tempfile::tempdir().unwrap();
        let storage = Sqlite::open(&folder.path().join("db.sqlite"), Durability::ProcessEnd).unwrap();
        let program = huitou::program::load(PROGRAM).unwrap().0;
        let mut life = Life {
            random: Random::new(seed),
            storage,
            _folder: folder,
            guide: Arc::new(Guide::of(&program)),
            now_ms: START_MS,
            told: Vec::new(),
            claimed: Vec::new(),
            done: BTreeMap::new(),
            credits: BTreeMap::new(),
            paid_ms: Vec::new(),
            again: BTreeSet::new(),
            over: BTreeSet::new(),
            count: 0,
        };
        life.allow("T");
        life.allow("S");
        life
    }

    fn pick(&mut self, below: u64) -> u64 {
        self.random.bits() % below
    }

    fn commit(&self, job: Job) -> Done {
        self.storage.commit(&[job]).unwrap().remove(0)
    }

    fn step(&mut self) {
        match self.pick(12) {
            0 | 1 => self.visit(),
            2 => self.tell_again(),
            3 => self.pay(),
            4 => {
                let template = if self.pick(2) == 0 { "T" } else { "S" };
                self.allow(template);
            }
            5..=7 => self.now_ms += (self.random.bits() % 900) as i64 * MINUTE_MS,
            8 | 9 => self.claim(),
            10 => self.settle(),
            _ => self.crash(),
        }
    }

    /// A phone tells of a new trip, and of what it has fired of the one before.
    fn visit(&mut self) {
        let device = format!("{:016x}", self.pick(2));
        let journey = if self.pick(3) == 0 { "care" } else { "hello" };
        self.count += 1;
        let at = self.now_ms / 1000 * 1000;
        let key = if journey == "care" { format!("o{}", self.count) } else { String::new() };
        let due = self.guide.journey(journey).unwrap().steps.iter().enumerate().map(|(step, _)| {
            let deed = self.guide.deed(journey, step as u8, 0).unwrap();
            let hours = [1, 24, 3][step];
            ReportDue {
                step: step as u8,
                at_ms: at + hours * 60 * MINUTE_MS,
                kind: deed.kind.word().to_owned(),
                reference: deed.reference.clone(),
                service: deed.is_service,
            }
        });
        let trip = ReportTrip {
            journey: journey.to_owned(),
            key,
            at_ms: at,
            standing: "running".to_owned(),
            ended_ms: at,
            variation: 0,
            held_out: false,
            once: false,
            by_order: false,
            cancel_on: if journey == "hello" { vec!["order_paid".to_owned()] } else { Vec::new() },
            done: Vec::new(),
            due: due.collect(),
        };
        let plan = ReportPlan { revision: self.count, trips: vec![trip] };
        self.told.push((device.clone(), plan.clone()));
        self.tell(device, plan);
    }

    /// A body that was delayed, or sent twice.
    fn tell_again(&mut self) {
        if !self.told.is_empty() {
            let place = self.random.bits() as usize % self.told.len();
            let (device, plan) = self.told[place].clone();
            self.tell(device, plan);
        }
    }

    fn tell(&mut self, device: String, plan: ReportPlan) {
        let job = SyncJob {
            subject: Subject { app: "a".into(), user: "u".into(), device },
            sent_at_ms: self.now_ms,
            received_at_ms: self.now_ms,
            offset_min: 480,
            plan: Some(plan),
            guide: self.guide.clone(),
            ..SyncJob::default()
        };
        self.commit(Job::Sync(Box::new(job)));
    }

    fn pay(&mut self) {
        self.count += 1;
        let (order_id, at_ms) = (format!("paid{}", self.count), self.now_ms / 1000 * 1000);
        let job = FactJob {
            app: "a".into(),
            user: "u".into(),
            body: Body::OrderPaid { order_id, paid_fen: 100, categories: Vec::new() },
            at_ms,
            offset_min: 480,
            received_at_ms: self.now_ms,
            key: format!("k{}", self.count),
            digest: vec![1],
            book: Arc::new(Rulebook::default()),
        };
        self.commit(Job::Fact(job));
        self.paid_ms.push(at_ms);
    }

    fn allow(&mut self, template: &'static str) {
        self.count += 1;
        let job = CreditsJob {
            app: "a".into(),
            user: "u".into(),
            changes: vec![(template.to_owned(), 1)],
            key: format!("c{}", self.count),
            digest: vec![1],
        };
        self.commit(Job::Credits(job));
        *self.credits.entry(template).or_default() += 1;
    }

    fn claim(&mut self) {
        let job = ClaimJob {
            app: "a".into(),
            guide: self.guide.clone(),
            kinds: vec!["message", "coupon"],
            repeatable: vec!["coupon"],
            now_ms: self.now_ms,
            limit: 3,
            ..ClaimJob::default()
        };
        let Done::Claimed(actions) = self.commit(Job::Claim(job)) else { panic!("no claim") };
        for action in actions {
            self.check(&action);
            let key = action.idempotency_key();
            self.done.insert(key.clone(), (action.clone(), self.now_ms));
            self.again.remove(&key);
            self.claimed.push(action);
        }
    }

    /// The rules, by what the test knows.
    fn check(&mut self, action: &Action) {
        let key = action.idempotency_key();
        let may_repeat = self.again.contains(&key) || action.kind == "coupon";
        assert!(may_repeat || !self.done.contains_key(&key), "twice: {action:?}");
        assert!(!self.over.contains(&key), "after it was over: {action:?}");
        assert!(!self.claimed.contains(action), "while it was being done: {action:?}");
        if action.journey == "hello" && action.kind == "message" {
            let stop = self.paid_ms.iter().find(|paid| **paid > action.begun_ms);
            assert_eq!(stop, None, "after the goal: {action:?}");
        }
        if action.kind == "message" {
            let template = if action.reference == "T" { "T" } else { "S" };
            let sent = self.sent(|other| other.reference == template && other.idempotency_key() != key).len();
            assert!((sent as i64) < self.credits[template], "without a yes: {action:?}");
        }
        if action.kind == "message" && !action.is_service {
            self.check_marketing(&key);
        }
    }

    fn check_marketing(&self, key: &str) {
        let local = |ms: i64| ms + 480 * MINUTE_MS;
        let minute = local(self.now_ms).rem_euclid(DAY_MS) / MINUTE_MS;
        assert!((9 * 60..21 * 60 + 30).contains(&minute), "at minute {minute}");
        let today = local(self.now_ms).div_euclid(DAY_MS);
        let others = self.sent(|other| other.reference == "T" && other.idempotency_key() != key);
        let within = |days: i64| {
            others.iter().filter(|at| (0..days).contains(&(today - local(**at).div_euclid(DAY_MS)))).count()
        };
        assert!(within(1) < PER_DAY_MAX && within(7) < PER_7_DAYS_MAX, "over the caps");
    }

    fn sent(&self, of: impl Fn(&Action) -> bool) -> Vec<i64> {
        self.done.values().filter(|(action, _)| of(action)).map(|(_, at_ms)| *at_ms).collect()
    }

    fn settle(&mut self) {
        let tried: Vec<Tried> = std::mem::take(&mut self.claimed)
            .into_iter()
            .map(|action| {
                let attempt = match self.random.bits() % 6 {
                    0 => Attempt::Again(None, "later".into()),
                    1 => Attempt::Refused("no".into()),
                    2 => Attempt::Unknown("?".into()),
                    3 => Attempt::Broken("broken".into()),
                    _ => Attempt::Sent,
                };
                let key = action.idempotency_key();
                if !matches!(attempt, Attempt::Sent | Attempt::Unknown(_)) {
                    self.done.remove(&key);
                }
                match attempt {
                    Attempt::Again(..) => drop(self.again.insert(key)),
                    Attempt::Refused(_) | Attempt::Broken(_) => drop(self.over.insert(key)),
                    _ => {}
                }
                Tried { action, attempt }
            })
            .collect();
        self.commit(Job::Settle(SettleJob { tried, now_ms: self.now_ms }));
    }

    /// What was being done may have been done; the next process looks after it.
    fn crash(&mut self) {
        self.claimed.clear();
        self.storage.recover().unwrap();
    }
}

#[test]
fn nothing_is_done_twice_and_no_rule_is_broken() {
    let (mut messages, mut coupons) = (0, 0);
    for seed in 0..LIVES {
        let mut life = Life::new(seed);
        (0..STEPS).for_each(|_| life.step());
        messages += life.sent(|action| action.kind == "message").len();
        coupons += life.sent(|action| action.kind == "coupon").len();
    }
    assert!(messages > 100 && coupons > 30, "{messages} messages and {coupons} coupons: too little happened");
}
