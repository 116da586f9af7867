//! She began something again and again, and did not bring it to its end.

use super::show::{count, Evidence, Known};
use crate::insight::portrait::goods::FlowHabit;
use crate::program::value::Value;

/// `threshold` in attempts; the flow with the most of them. Attempts fade ([`crate::insight::recent`]), and one that was
/// begun today may still be brought to its end.
pub(super) fn look(known: &Known, threshold: u32) -> Option<Evidence> {
    let mut most: Option<(&FlowHabit, u32)> = None;
    for habit in &known.portrait.flows {
        let attempts = unfinished(habit, known);
        if attempts >= threshold && most.is_none_or(|(_, count)| attempts > count) {
            most = Some((habit, attempts));
        }
    }
    let (habit, attempts) = most?;
    let mut evidence = vec![("flow", Value::Text(habit.name.clone())), count("attempts", attempts)];
    let names = known.names.and_then(|names| names.flows.iter().find(|names| names.name == habit.name));
    if let Some(step) = names.and_then(|names| names.steps.get(usize::from(habit.last_step()))) {
        evidence.push(("step", Value::Text(step.clone())));
    }
    Some(evidence)
}

fn unfinished(habit: &FlowHabit, known: &Known) -> u32 {
    let left_open = habit.open.is_some_and(|(_, begun)| begun < known.today);
    let is_over = !habit.finished.is_empty() && habit.finished.last() >= habit.unfinished.last();
    let earlier = if is_over { 0.0 } else { habit.unfinished.weight(known.today) };
    (earlier + 0.5) as u32 + u32::from(left_open)
}
