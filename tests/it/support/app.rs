//! What an app calls, by name, as `pkg/src/props.js` turns it into calls of the engine.

use super::phone::{Kept, Phone, Told};
use huitou::engine::command::Output;
use huitou::engine::Engine;
use huitou::error::Error;
use huitou::event::dropped::Dropped;
use huitou::id::{EventIx, FlowIx, Label, DIMENSIONS_MAX};
use huitou::program::names::Names;

impl Phone {
    /// `track(name, {…})`, and the turn's end.
    pub(crate) fn track(&mut self, name: &str, texts: &[(&str, &str)], numbers: &[(&str, f64)]) {
        let at = self.at();
        if let Some(event) = self.stage(name, texts, numbers) {
            self.engine().track(event, at);
        }
        self.run();
    }

    fn stage(&mut self, name: &str, texts: &[(&str, &str)], numbers: &[(&str, f64)]) -> Option<EventIx> {
        self.engine();
        let (names, engine) = (&self.program.names, self.engine.as_mut().unwrap());
        let Some(event) = names.find_event(name) else {
            engine.note(Dropped::UndeclaredEvent, 1);
            return None;
        };
        for &(dimension, text) in texts {
            stage_text(engine, (names, event), dimension, text);
        }
        for &(number, value) in numbers {
            match names.event(event).unwrap().find_number(number) {
                Some(position) => engine.set_number(position as u8, value),
                None => engine.note(Dropped::UndeclaredProp, 1),
            }
        }
        Some(event)
    }

    /// A tick that must reach the receiver: event `tick` with a number and a name of its own, or one of `names`.
    pub(crate) fn tick(&mut self) {
        self.engine();
        let number = self.told.len();
        let name = format!("t{}", number % self.names);
        self.told.push(Told { user: self.user.clone(), name: name.clone(), kept: Kept::Volatile });
        let at = self.at();
        let event = self.stage("tick", &[("n", &name)], &[("price", number as f64)]).unwrap();
        self.engine().track(event, at);
    }

    /// `page(name)`; `None` leaves.
    pub(crate) fn page(&mut self, name: Option<&str>) {
        let at = self.at();
        self.engine();
        let (names, engine) = (&self.program.names, self.engine.as_mut().unwrap());
        let page = names.find_event("page").unwrap();
        let label = name.and_then(|name| label(engine, (names, page), "page", name));
        engine.page(label, at);
        self.run();
    }

    /// `flow(name, step)`.
    pub(crate) fn flow(&mut self, name: &str, step: &str) {
        let at = self.at();
        self.engine();
        let (names, engine) = (&self.program.names, self.engine.as_mut().unwrap());
        match find_step(names, name, step) {
            Some((flow, step)) => engine.flow(flow, step, at),
            None => engine.note(Dropped::UndeclaredStep, 1),
        }
        self.run();
    }

    /// A command as JSON text, and the turn's end.
    pub(crate) fn command(&mut self, json: &str) -> Result<Output, Error> {
        let at = self.at();
        let output = self.engine().command(json, at);
        self.run();
        output
    }

    /// `setUser(user)`.
    pub(crate) fn log_in(&mut self, user: &str) {
        self.command(&format!(r#"{{"op":"user","id":"{user}"}}"#)).unwrap();
        self.user = user.to_owned();
    }

    /// `track('order', {…})`: true if it is taken.
    pub(crate) fn order(&mut self, id: &str, paid_fen: u64) -> bool {
        let command = format!(r#"{{"op":"order","order_id":"{id}","paid_fen":{paid_fen},"items":1}}"#);
        self.command(&command) == Ok(Output::Flag(true))
    }
}

fn stage_text(engine: &mut Engine, (names, event): (&Names, EventIx), dimension: &str, text: &str) {
    match names.event(event).unwrap().find_dimension(dimension) {
        Some(position) => {
            if let Some(label) = label(engine, (names, event), dimension, text) {
                engine.set_label(position as u8, label);
            }
        }
        None => engine.note(Dropped::UndeclaredProp, 1),
    }
}

fn label(engine: &mut Engine, (names, event): (&Names, EventIx), dimension: &str, text: &str) -> Option<Label> {
    let position = names.event(event).unwrap().find_dimension(dimension)?;
    engine.label(u32::from(event.0) * DIMENSIONS_MAX + position as u32, text).ok()
}

fn find_step(names: &Names, name: &str, step: &str) -> Option<(FlowIx, u8)> {
    let flow = names.find_flow(name)?;
    let step = names.flow(flow)?.steps.iter().position(|known| known == step)?;
    Some((flow, step as u8))
}
