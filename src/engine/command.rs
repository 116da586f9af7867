//! Rare commands, as JSON text with an `op`: everything that is not called on every tap.

use super::insight::input::bought;
use super::personal::looks_personal;
use super::{outcome, Engine};
use crate::bytes::crc32;
use crate::clock::At;
use crate::error::Error;
use crate::event::portrait::Change;
use crate::event::{Record, Scalar, ORDER_ID_BYTES_MAX, TEXT_BYTES_MAX};
use crate::experiment::trials::{self, TRAITS_MAX};
use crate::id::UserId;
use crate::insight::sketch::VALUE_MAX;
use crate::program::value::{parse, Value};

/// Longest name of an attribute, in bytes.
pub const ATTRIBUTE_NAME_BYTES_MAX: usize = 32;

/// Longest name of an attribute that is for targeting only, and its longest value as JSON.
pub const TRAIT_NAME_BYTES_MAX: usize = 64;
/// See [`TRAIT_NAME_BYTES_MAX`].
pub const TRAIT_BYTES_MAX: usize = 1024;

/// What a command gives back.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Done.
    Done,
    /// A yes or no: consent as it stands, an order taken or not.
    Flag(bool),
    /// JSON text: figures, the state, the latest orders.
    Json(String),
}

impl Engine {
    /// Carries out `{"op": …}`.
    ///
    /// # Errors
    /// `command_invalid` (no JSON, no such op, a field of the wrong type), `user_invalid`, `user_personal`,
    /// `attribute_invalid`, `attribute_personal`, `order_invalid`; nothing is changed then.
    pub fn command(&mut self, json: &str, at: At) -> Result<Output, Error> {
        let command = parse(json).map_err(|_| Error::new("command_invalid", "the command is no JSON"))?;
        match text(&command, "op")? {
            "user" => self.set_user(text(&command, "id")?, at),
            "attributes" => self.set_attributes(&command),
            "consent" => {
                self.consent(flag(&command, "granted")?, at);
                Ok(Output::Flag(self.state.consented))
            }
            "order" => self.order_command(&command, at),
            "sync" => {
                self.outbox.demand();
                // The server may know of an order or a refund although the phone has nothing to say.
                if !self.login.is_anonymous() {
                    self.outbox.pull();
                }
                Ok(Output::Done)
            }
            "online" => {
                self.outbox.set_online(flag(&command, "online")?);
                Ok(Output::Done)
            }
            "stats" => Ok(Output::Json(outcome::stats(&self.stats()))),
            "state" => Ok(Output::Json(self.state_json())),
            "orders" => Ok(Output::Json(outcome::orders(&self.state.orders))),
            op => self
                .experiments(op, &command, at)
                .or_else(|| self.loyalty(op, &command, at))
                .or_else(|| self.insight(op, &command, at))
                .or_else(|| self.journey(op, &command, at))
                .unwrap_or_else(|| Err(Error::new("command_invalid", "there is no such op").at("op"))),
        }
    }

    /// Another person uses the app: what follows is counted apart.
    fn set_user(&mut self, id: &str, at: At) -> Result<Output, Error> {
        let user = UserId::new(id).ok_or_else(|| {
            Error::new("user_invalid", "a user id has at most 64 bytes and no control characters").at("id")
        })?;
        if looks_personal(id) {
            let message =
                "this looks like a phone number, an e-mail or an identity card: use the openid or a pseudonym";
            return Err(Error::new("user_personal", message).at("id"));
        }
        if user != self.login {
            self.login = user;
            self.leave_page_for_good(at);
            self.new_segment(self.login.clone());
            self.choose_ledger();
        }
        Ok(Output::Done)
    }

    /// All or nothing: one bad attribute changes none.
    fn set_attributes(&mut self, command: &Value) -> Result<Output, Error> {
        let set = command.get("set").and_then(Value::as_map);
        let set = set.ok_or_else(|| Error::new("attribute_invalid", "expected an object of attributes"))?;
        let (mut checked, mut traits) = (Vec::new(), Vec::new());
        for (name, value) in set {
            if self.attributes.contains(name) {
                checked.push(attribute(name, value)?);
            } else {
                traits.push((name, for_targeting(name, value)?));
            }
        }
        let known = |name: &str| self.trials.traits.iter().any(|(known, _)| known == name);
        let added = traits.iter().filter(|(name, json)| json.is_some() && !known(name)).count();
        if self.trials.traits.len() + added > TRAITS_MAX {
            return Err(Error::new("attribute_invalid", "at most 64 attributes are kept; remove some with null"));
        }
        for (name, value) in checked {
            self.set_attribute(name, value);
        }
        for (name, json) in traits {
            self.set_trait(name, json);
        }
        Ok(Output::Done)
    }

    /// An attribute that the program does not declare never leaves the phone.
    fn set_trait(&mut self, name: &str, json: Option<String>) {
        // It may be kept as one that was declared once.
        self.set_attribute(name, None);
        let known = self.trials.traits.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_json());
        if known != json {
            self.record(Record::Lab(trials::Change::Trait(name.to_owned(), json)));
        }
    }

    fn order_command(&mut self, command: &Value, at: At) -> Result<Output, Error> {
        let bad = |path: &str, message: &str| Error::new("order_invalid", message).at(path);
        let id = text(command, "order_id")?;
        if id.is_empty() || id.len() > ORDER_ID_BYTES_MAX || id.chars().any(char::is_control) {
            return Err(bad("order_id", "an order id has 1 to 40 bytes and no control characters"));
        }
        let whole = |key: &str| {
            let value = command.get(key).and_then(Value::as_i64).and_then(|n| u64::try_from(n).ok());
            value.filter(|&n| n <= VALUE_MAX).ok_or_else(|| bad(key, "expected a whole number from 0 to 2^53 - 1"))
        };
        let paid_fen = whole("paid_fen")?;
        let (mut things, coupon) = (Vec::new(), command.get("coupon").and_then(Value::as_bool));
        match command.get("items") {
            None | Some(Value::Null) => {}
            Some(Value::List(items)) => {
                let (told, pieces) = bought(items)?;
                things = told;
                self.set_number(1, pieces as f64);
            }
            Some(_) => self.set_number(1, whole("items")? as f64),
        }
        let is_news = self.portrait.is_unpaid(crc32(id.as_bytes()));
        let is_taken = self.order(id, paid_fen, at);
        if is_taken && (!things.is_empty() || coupon.is_some()) {
            self.note_way(Change::Bought { things, coupon }, at);
        }
        if is_taken {
            self.judge(false);
            if is_news {
                self.signal("order_paid", &[("order_id", id)]);
            }
        }
        Ok(Output::Flag(is_taken))
    }
}

pub(super) fn text<'a>(command: &'a Value, key: &str) -> Result<&'a str, Error> {
    let found = command.get(key).and_then(Value::as_str);
    found.ok_or_else(|| Error::new("command_invalid", "expected text").at(key))
}

fn flag(command: &Value, key: &str) -> Result<bool, Error> {
    let found = command.get(key).and_then(Value::as_bool);
    found.ok_or_else(|| Error::new("command_invalid", "expected true or false").at(key))
}

/// An attribute that is for conditions on the phone only, as JSON; `null` removes it.
fn for_targeting(name: &str, value: &Value) -> Result<Option<String>, Error> {
    let json = (*value != Value::Null).then(|| value.to_json());
    let fits = named(name, TRAIT_NAME_BYTES_MAX) && json.as_ref().is_none_or(|json| json.len() <= TRAIT_BYTES_MAX);
    let message = "a name has 1 to 64 bytes and no control characters, a value at most 1,024 bytes as JSON";
    fits.then_some(json).ok_or_else(|| Error::new("attribute_invalid", message).at(name))
}

fn named(name: &str, bytes_max: usize) -> bool {
    (1..=bytes_max).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// A checked attribute; `null` removes it.
fn attribute<'a>(name: &'a str, value: &Value) -> Result<(&'a str, Option<Scalar>), Error> {
    let bad = |message: &str| Error::new("attribute_invalid", message).at(name);
    if !named(name, ATTRIBUTE_NAME_BYTES_MAX) {
        return Err(bad("an attribute's name has 1 to 32 bytes and no control characters"));
    }
    Ok((
        name,
        match value {
            Value::Null => None,
            Value::Bool(flag) => Some(Scalar::Flag(*flag)),
            Value::Text(text) if text.len() > TEXT_BYTES_MAX => return Err(bad("a text has at most 64 bytes")),
            Value::Text(text) if looks_personal(text) => {
                let message = "this looks like a phone number, an e-mail or an identity card: do not collect it here";
                return Err(Error::new("attribute_personal", message).at(name));
            }
            Value::Text(text) => Some(Scalar::Text(text.clone())),
            Value::Number(number) => {
                let milli = (number * 1000.0).round();
                let fits = milli.abs() <= VALUE_MAX as f64;
                Some(
                    fits.then_some(Scalar::Milli(milli as i64))
                        .ok_or_else(|| bad("a number must lie within ±9.0e12"))?,
                )
            }
            _ => return Err(bad("expected text, a number, true, false or null")),
        },
    ))
}
