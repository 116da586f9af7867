//! Journeys as bytes. Nothing at all is written of empty ones: stores were written so before there were any.

use super::credit::Credit;
use super::{Journeys, Show, Trip, CREDITS_MAX, NOTICED_MAX, SENT_MAX, SHOWS_MAX, TRIPS_MAX};
use crate::bytes::{Reader, Writer};
use crate::event::journey::{decode_day, decode_instant, decode_key, encode_instant, Entry, Notice, Outcome, Standing};
use crate::program::journeys::STEPS_MAX;

impl Journeys {
    /// Appends the canonical bytes.
    pub fn encode(&self, w: &mut Writer) {
        if *self == Journeys::default() {
            return;
        }
        w.count(self.trips.len());
        self.trips.iter().for_each(|trip| trip.encode(w));
        w.count(self.credits.len());
        self.credits.iter().for_each(|credit| credit.encode(w));
        w.count(self.sent.len());
        self.sent.iter().for_each(|day| w.varint(day.number() as u64));
        w.varint(self.ignored.into());
        w.count(self.shows.len());
        self.shows.iter().for_each(|show| show.encode(w));
        w.byte(self.wecom.map_or(0, |is_linked| 1 + u8::from(is_linked)));
        w.count(self.noticed.len());
        self.noticed.iter().for_each(|notice| notice.encode(w));
        w.text(&self.tier);
        w.varint(self.revision.into());
        w.varint(self.acked.into());
    }

    /// Reads what [`Journeys::encode`] wrote, to the end.
    pub fn decode(r: &mut Reader) -> Option<Journeys> {
        if r.is_empty() {
            return Some(Journeys::default());
        }
        let journeys = Journeys {
            trips: r.list(Trip::decode)?,
            credits: r.list(Credit::decode)?,
            sent: r.list(|r| decode_day(r.varint()?))?,
            ignored: r.varint32()?,
            shows: r.list(Show::decode)?,
            wecom: match r.byte()? {
                0 => None,
                1 => Some(false),
                2 => Some(true),
                _ => return None,
            },
            noticed: r.list(Notice::decode)?,
            tier: r.text()?.to_owned(),
            revision: r.varint32()?,
            acked: r.varint32()?,
        };
        let is_sane = journeys.trips.len() <= TRIPS_MAX
            && journeys.credits.len() <= CREDITS_MAX
            && journeys.sent.len() <= SENT_MAX
            && journeys.shows.len() <= SHOWS_MAX
            && journeys.noticed.len() <= NOTICED_MAX
            && r.is_empty();
        is_sane.then_some(journeys)
    }
}

impl Trip {
    fn encode(&self, w: &mut Writer) {
        self.entry.encode(w);
        w.byte(self.standing as u8);
        w.varint((self.ended.since(self.entry.at) / 1000).max(0) as u64);
        w.count(self.outcomes.len());
        for (step, outcome) in &self.outcomes {
            w.byte(*step);
            w.byte(*outcome as u8);
        }
        w.varint(self.revision.into());
    }

    fn decode(r: &mut Reader) -> Option<Trip> {
        let (entry, standing) = (Entry::decode(r)?, Standing::decode(r)?);
        let ended = entry.at.plus(i64::try_from(r.varint()?).ok()?.checked_mul(1000)?);
        let outcomes = r.list(|r| Some((r.byte()?, Outcome::decode(r)?)))?;
        let trip = Trip { entry, standing, ended, outcomes, revision: r.varint32()? };
        (trip.outcomes.len() <= STEPS_MAX).then_some(trip)
    }
}

impl Credit {
    fn encode(&self, w: &mut Writer) {
        w.text(&self.template);
        w.varint(self.count.into());
        w.varint(self.rejected.map_or(0, |day| day.number() as u64));
        w.byte(u8::from(self.is_banned));
    }

    fn decode(r: &mut Reader) -> Option<Credit> {
        let (template, count) = (decode_key(r)?, r.varint32()?);
        let rejected = match r.varint()? {
            0 => None,
            day => Some(decode_day(day)?),
        };
        Some(Credit { template, count, rejected, is_banned: r.byte()? == 1 })
    }
}

impl Show {
    fn encode(&self, w: &mut Writer) {
        w.text(&self.journey);
        w.text(&self.key);
        w.byte(self.step);
        w.byte(self.variation);
        [self.entered, self.due, self.until].iter().for_each(|&at| encode_instant(w, at));
    }

    fn decode(r: &mut Reader) -> Option<Show> {
        let (journey, key, step, variation) = (decode_key(r)?, decode_key(r)?, r.byte()?, r.byte()?);
        let (entered, due, until) = (decode_instant(r)?, decode_instant(r)?, decode_instant(r)?);
        Some(Show { journey, key, entered, step, variation, due, until })
    }
}
