//! The portrait as bytes. Stores that were written before there were any have nothing in its place.

use super::goods::{FlowHabit, Goods, Watch};
use super::habit::{decode_day, Days, Dwell, Hours};
use super::{Cart, Coupons, Portrait, Prompts, FLOWS_MAX, PAID_MAX, WATCHED_MAX};
use crate::bytes::{Reader, Writer};
use crate::clock::{Day, UnixMs};
use crate::event::portrait::{decode_flag, decode_price, encode_flag, encode_price, Judgement};
use crate::insight::rhythm::Rhythm;

impl Portrait {
    /// Appends the canonical bytes.
    pub fn encode(&self, w: &mut Writer) {
        self.visits.encode(w);
        self.earlier.encode(w);
        self.purchases.encode(w);
        self.goods.encode(w);
        self.encode_habits(w);
        w.count(self.watched.len());
        for watch in &self.watched {
            w.text(&watch.item);
            encode_price(w, watch.price_fen);
            encode_flag(w, watch.in_stock);
        }
        self.judgement.encode(w);
        encode_day(w, self.since);
        w.varint(self.revision.into());
        w.varint(self.acked.into());
        w.count(self.paid.len());
        self.paid.iter().for_each(|&order| w.u32(order));
    }

    fn encode_habits(&self, w: &mut Writer) {
        w.varint(self.cart.count.into());
        if self.cart.count > 0 {
            w.varint(self.cart.value_fen);
            w.varint((self.cart.changed.get() / 1000) as u64);
        }
        w.count(self.flows.len());
        self.flows.iter().for_each(|flow| flow.encode(w));
        self.dwell.encode(w);
        self.errors.encode(w);
        self.taps.encode(w);
        w.varint(self.prompts.refused.into());
        encode_day(w, self.prompts.last);
        w.varint(self.coupons.orders.into());
        w.varint(self.coupons.used.into());
        self.hours.encode(w);
    }

    /// Reads what [`Portrait::encode`] wrote; an empty one where nothing is left.
    pub fn decode(r: &mut Reader) -> Option<Portrait> {
        if r.is_empty() {
            return Some(Portrait::default());
        }
        let mut portrait = Portrait {
            visits: Rhythm::decode(r)?,
            earlier: Rhythm::decode(r)?,
            purchases: Rhythm::decode(r)?,
            goods: Goods::decode(r)?,
            ..Portrait::default()
        };
        portrait.decode_habits(r)?;
        portrait.watched = r.list(|r| {
            let item = r.text()?.to_owned();
            Some(Watch { item, price_fen: decode_price(r)?, in_stock: decode_flag(r)? })
        })?;
        portrait.judgement = Judgement::decode(r)?;
        portrait.since = decode_day(r)?;
        portrait.revision = r.varint32()?;
        portrait.acked = r.varint32()?;
        portrait.paid = r.list(Reader::u32)?;
        let is_sane = portrait.watched.len() <= WATCHED_MAX
            && portrait.flows.len() <= FLOWS_MAX
            && portrait.paid.len() <= PAID_MAX;
        is_sane.then_some(portrait)
    }

    fn decode_habits(&mut self, r: &mut Reader) -> Option<()> {
        let count = r.varint32()?;
        if count > 0 {
            let value_fen = r.varint()?;
            let ms = i64::try_from(r.varint()?).ok()?.checked_mul(1000)?;
            self.cart = Cart { changed: UnixMs::new(ms), count, value_fen };
        }
        self.flows = r.list(FlowHabit::decode)?;
        self.dwell = Dwell::decode(r)?;
        self.errors = Days::decode(r)?;
        self.taps = Days::decode(r)?;
        self.prompts = Prompts { refused: r.varint32()?, last: decode_day(r)? };
        self.coupons = Coupons { orders: r.varint32()?, used: r.varint32()? };
        self.hours = Hours::decode(r)?;
        Some(())
    }
}

fn encode_day(w: &mut Writer, day: Day) {
    w.varint(day.number() as u64);
}
