//! What a program says of actions: whatever a phone tells, this is what may be done.

use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::journey::moment::{held, Wall};
use huitou::program::journeys::{Deed, Journey, Kind, ReEntry};
use huitou::program::messages::MessageRules;
use huitou::program::{DayZone, Program};

/// The sections of a program that speak of journeys.
#[derive(Clone, Debug)]
pub struct Guide {
    journeys: Vec<Journey>,
    /// What messages keep to.
    pub messages: MessageRules,
    zone: DayZone,
}

impl Default for Guide {
    /// Of an app whose program is not served here.
    fn default() -> Guide {
        Guide { journeys: Vec::new(), messages: MessageRules::default(), zone: DayZone::china() }
    }
}

/// As [`super::judge`] has it.
fn how_often(journey: &Journey) -> String {
    match journey.re_entry {
        _ if journey.instance_key == "order_id" => "once for each order that the server knows".to_owned(),
        ReEntry::Never => "once".to_owned(),
        ReEntry::AfterDays(days) if days > 1 => format!("once in {days} days"),
        _ => "twice a day; `re_entry` of some days makes it less".to_owned(),
    }
}

impl Guide {
    /// That of a program.
    pub fn of(program: &Program) -> Guide {
        let journeys = program.journeys.0.clone();
        Guide { journeys, messages: program.messages.clone(), zone: program.day_zone }
    }

    /// True if there is no program to hold a plan against.
    pub fn knows_none(&self) -> bool {
        self.journeys.is_empty()
    }

    /// The journey with that id.
    pub fn journey(&self, id: &str) -> Option<&Journey> {
        self.journeys.iter().find(|journey| journey.id == id)
    }

    /// What a step does for a variation.
    pub fn deed(&self, journey: &str, step: u8, variation: u8) -> Option<&Deed> {
        self.journey(journey)?.deed(usize::from(step), variation)
    }

    /// What a forged phone could get from journeys, in a sentence each.
    pub fn gifts(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        for journey in &self.journeys {
            let deeds = journey.steps.iter().flat_map(|step| step.deeds.iter().flatten());
            let gifts = deeds.filter(|deed| matches!(deed.kind, Kind::Coupon | Kind::Points));
            let names: Vec<&str> = gifts.map(|deed| deed.reference.as_str()).collect();
            if !names.is_empty() {
                let often = how_often(journey);
                sentences.push(format!(
                    "worst case of a forged phone, journey {}: {} {often}",
                    journey.id,
                    names.join(", ")
                ));
            }
        }
        sentences
    }

    /// The program's date of a moment.
    pub fn day(&self, at_ms: i64, phone: OffsetMin) -> Day {
        Wall { zone: &self.zone, phone }.read(UnixMs::new(at_ms)).0
    }

    /// The end of the quiet hours that a moment lies in, else the moment.
    pub fn held(&self, at_ms: i64, phone: OffsetMin) -> i64 {
        held(UnixMs::new(at_ms), self.messages.quiet, Wall { zone: &self.zone, phone }).get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_forged_phone_could_get_is_told() {
        let gift = r#"[{"do":{"kind":"coupon","ref":"five"}},{"do":{"kind":"points","ref":"ten"}}]"#;
        let message = r#"[{"do":{"kind":"message","template":"T"}}]"#;
        let text = format!(
            r#"{{"app":"a","revision":1,"journeys":[
              {{"id":"often","enter_on":"visit","steps":{gift}}},
              {{"id":"month","enter_on":"visit","re_entry":"30d","steps":{gift}}},
              {{"id":"once","enter_on":"visit","re_entry":"never","steps":{gift}}},
              {{"id":"order","enter_on":"order_paid","key":"order_id","steps":{gift}}},
              {{"id":"hello","enter_on":"visit","steps":{message}}}]}}"#
        );
        let told = Guide::of(&huitou::program::load(&text).unwrap().0).gifts();
        let ends = ["makes it less", "once in 30 days", ": five, ten once", "the server knows"];
        assert_eq!(told.len(), ends.len(), "{told:?}");
        for (sentence, end) in told.iter().zip(ends) {
            assert!(sentence.ends_with(end), "{sentence}");
        }
    }
}
