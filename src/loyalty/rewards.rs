//! What is given besides points: coupons, tickets, offers; and what else a person has: games, mall purchases.

use super::act::Refusal;
use super::codec::{read_day, read_flag, read_small, read_text, write_day, write_number};
use super::earn::Earning;
use super::line::{Reason, Term, What};
use super::state::{State, Turn};
use super::streak::month;
use crate::bytes::{Reader, Writer};
use crate::clock::Day;
use crate::program::rules::{Gift, RewardKind, Rules, Source};

/// Rights that are remembered: those that were granted go first, then the oldest.
const RIGHTS_MAX: usize = 256;
/// Friends of referrals that are remembered; the oldest go.
const FRIENDS_MAX: usize = 1024;
/// Games that are shown; the oldest go.
const GAMES_MAX: usize = 32;
/// Categories that are remembered.
const CATEGORIES_MAX: usize = 64;
/// A single order reaches at most so many multiples of a reward.
const MULTIPLES_MAX: u64 = 100;

/// The right to a coupon, or a ticket that can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Right {
    pub(super) number: u32,
    pub(super) ticket: bool,
    /// The coupon, or the lottery's id.
    pub(super) subject: String,
    pub(super) day: Day,
    /// What gave it.
    pub(super) origin: Reason,
    /// Used up.
    pub(super) granted: bool,
}

/// A game between people, as the server last told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Game {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) progress: (u32, u32),
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rewards {
    /// Ascending by number.
    pub(super) rights: Vec<Right>,
    /// Rights ever.
    count: u32,
    pub(super) games: Vec<Game>,
    /// Categories that were bought from and that an offer speaks of, ascending.
    pub(super) categories: Vec<String>,
    /// (mall item, how often), ascending.
    had: Vec<(String, u32)>,
    /// (friend, the person invited), oldest first.
    friends: Vec<(String, bool)>,
    /// Month of the last rewarded invitation, rewarded ones in it, and ever.
    invited: (u32, u32, u32),
}

impl State {
    /// A gift: its points by `earning`, its coupon, its ticket.
    pub(super) fn give(&mut self, turn: &mut Turn, earning: Earning, gift: &Gift) {
        let origin = earning.reason;
        if gift.points > 0 {
            self.earn(turn, earning);
        }
        self.give_coupon(turn, &gift.coupon, origin);
        self.give_ticket(turn, &gift.ticket, origin);
    }

    pub(super) fn give_coupon(&mut self, turn: &mut Turn, coupon: &str, origin: Reason) {
        if !coupon.is_empty() {
            self.rewards.add(turn.day, (coupon, false), origin);
            turn.say(Reason::Coupon, coupon, &[]);
        }
    }

    pub(super) fn give_ticket(&mut self, turn: &mut Turn, lottery: &str, origin: Reason) {
        if !lottery.is_empty() {
            self.rewards.add(turn.day, (lottery, true), origin);
            turn.say(Reason::Ticket, lottery, &[]);
        }
    }

    /// Rewards for spending, when the most ever paid rises from `before` to `now`.
    pub(super) fn spending_rewards(&mut self, turn: &mut Turn, before: u64, now: u64) {
        let rules = turn.rules;
        for (position, reward) in rules.rewards.iter().enumerate() {
            let RewardKind::Spent { spent_fen, repeats, gift } = &reward.kind else { continue };
            let step = (*spent_fen).max(1);
            let most = if *repeats { u64::MAX } else { 1 };
            let (from, to) = ((before / step).min(most), (now / step).min(most));
            for multiple in from..to.min(from.saturating_add(MULTIPLES_MAX)) {
                let lead = [Term::new(What::Count, multiple.saturating_add(1))];
                let earning = Earning::fact(Source::ACTIVITY, Reason::Reward, gift.points);
                let earning =
                    Earning { subject: &reward.id, rule: u8::try_from(position).ok(), lead: &lead, ..earning };
                self.give(turn, earning, gift);
            }
        }
    }

    /// A confirmed referral.
    pub(super) fn referral(&mut self, turn: &mut Turn, friend: &str, inviter: bool) -> Result<(), Refusal> {
        let rules = &turn.rules.referral;
        let gift = if inviter { &rules.inviter } else { &rules.invitee };
        if *gift == Gift::default() {
            return Err(Refusal::NotOffered);
        }
        self.rewards.invite(turn.rules, turn.day, (friend, inviter))?;
        let earning = Earning::fact(Source::REFERRAL, Reason::Referral, gift.points);
        self.give(turn, Earning { subject: friend, rule: Some(u8::from(!inviter)), ..earning }, gift);
        Ok(())
    }

    /// A ticket was drawn: the oldest one is used up.
    pub(super) fn drawn(
        &mut self,
        turn: &mut Turn,
        (lottery, prize): (&str, &str),
        points: u32,
    ) -> Result<(), Refusal> {
        if !turn.rules.lotteries.iter().any(|known| known.id == lottery) {
            return Err(Refusal::NotOffered);
        }
        let rights = &mut self.rewards.rights;
        let ticket = rights.iter().position(|right| right.ticket && !right.granted && right.subject == lottery);
        rights.remove(ticket.ok_or(Refusal::UnknownRight)?);
        if points > 0 {
            self.earn(turn, Earning { subject: prize, ..Earning::fact(Source::ACTIVITY, Reason::Prize, points) });
        } else {
            turn.say(Reason::Prize, prize, &[]);
        }
        Ok(())
    }

    /// The server granted a coupon: the right to it is used up.
    pub(super) fn right_granted(&mut self, turn: &mut Turn, number: u32) -> Result<(), Refusal> {
        let rights = &mut self.rewards.rights;
        let right = rights.iter_mut().find(|right| right.number == number && !right.ticket && !right.granted);
        let right = right.ok_or(Refusal::UnknownRight)?;
        right.granted = true;
        turn.say(Reason::Granted, &right.subject, &[]);
        Ok(())
    }

    /// Whether an item of the mall can be had for so many points.
    pub(super) fn may_have(&self, rules: &Rules, item: &str, points: u32) -> Result<(), Refusal> {
        let offered = rules.mall.iter().find(|other| other.id == item && other.points == points);
        let max = offered.ok_or(Refusal::NotOffered)?.per_person_max;
        if max > 0 && self.rewards.times_had(item) >= max {
            return Err(Refusal::LimitReached);
        }
        Ok(())
    }
}

impl Rewards {
    fn add(&mut self, day: Day, (subject, ticket): (&str, bool), origin: Reason) {
        if self.rights.len() >= RIGHTS_MAX {
            let gone = self.rights.iter().position(|right| right.granted).unwrap_or(0);
            self.rights.remove(gone);
        }
        self.count = self.count.saturating_add(1);
        let number = self.count;
        self.rights.push(Right { number, ticket, subject: subject.to_owned(), day, origin, granted: false });
    }

    /// Notes a rewarded referral, unless it is one too many.
    fn invite(&mut self, rules: &Rules, day: Day, (friend, inviter): (&str, bool)) -> Result<(), Refusal> {
        let (limits, month) = (&rules.referral, month(day));
        let known = self.friends.iter().any(|other| other.0 == friend && other.1 != inviter);
        let in_month = if self.invited.0 == month { self.invited.1 } else { 0 };
        let full = |max, number| max > 0 && number >= max;
        if known || inviter && (full(limits.per_month_max, in_month) || full(limits.total_max, self.invited.2)) {
            return Err(Refusal::LimitReached);
        }
        if inviter {
            self.invited = (month, in_month.saturating_add(1), self.invited.2.saturating_add(1));
        }
        if self.friends.len() >= FRIENDS_MAX {
            self.friends.remove(0);
        }
        self.friends.push((friend.to_owned(), !inviter));
        Ok(())
    }

    /// Notes what an order was about, as far as offers speak of it.
    pub(super) fn bought(&mut self, turn: &mut Turn, categories: &[String]) {
        let rules = turn.rules;
        for reward in &rules.rewards {
            let RewardKind::Bought { category, offer } = &reward.kind else { continue };
            let Err(at) = self.categories.binary_search(category) else { continue };
            if categories.contains(category) && self.categories.len() < CATEGORIES_MAX {
                self.categories.insert(at, category.clone());
                turn.say(Reason::Offer, offer, &[]);
            }
        }
    }

    /// How often an item of the mall was had.
    pub(super) fn times_had(&self, item: &str) -> u32 {
        self.had.iter().find(|had| had.0 == item).map_or(0, |had| had.1)
    }

    /// Notes an item of the mall; empty: none.
    pub(super) fn had(&mut self, item: &str) {
        if item.is_empty() {
            return;
        }
        match self.had.binary_search_by(|had| had.0.as_str().cmp(item)) {
            Ok(at) => self.had.get_mut(at).into_iter().for_each(|had| had.1 = had.1.saturating_add(1)),
            Err(at) => self.had.insert(at, (item.to_owned(), 1)),
        }
    }

    /// What the server tells of a game.
    pub(super) fn game(&mut self, id: &str, kind: &str, progress: (u32, u32)) {
        self.games.retain(|game| game.id != id);
        if self.games.len() >= GAMES_MAX {
            self.games.remove(0);
        }
        self.games.push(Game { id: id.to_owned(), kind: kind.to_owned(), progress });
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        w.count(self.rights.len());
        for right in &self.rights {
            write_number(w, u64::from(right.number));
            w.byte(u8::from(right.ticket) | u8::from(right.granted) << 1);
            w.text(&right.subject);
            write_day(w, right.day);
            w.byte(right.origin as u8);
        }
        write_number(w, u64::from(self.count));
        w.count(self.games.len());
        for game in &self.games {
            w.text(&game.id);
            w.text(&game.kind);
            write_number(w, u64::from(game.progress.0));
            write_number(w, u64::from(game.progress.1));
        }
        w.count(self.categories.len());
        for category in &self.categories {
            w.text(category);
        }
        w.count(self.had.len());
        for (item, times) in &self.had {
            w.text(item);
            write_number(w, u64::from(*times));
        }
        w.count(self.friends.len());
        for (friend, invited) in &self.friends {
            w.text(friend);
            w.byte(u8::from(*invited));
        }
        for number in [self.invited.0, self.invited.1, self.invited.2] {
            write_number(w, u64::from(number));
        }
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Rewards> {
        Some(Rewards {
            rights: r.list(read_right)?,
            count: read_small(r)?,
            games: r.list(|r| {
                Some(Game { id: read_text(r)?, kind: read_text(r)?, progress: (read_small(r)?, read_small(r)?) })
            })?,
            categories: r.list(read_text)?,
            had: r.list(|r| Some((read_text(r)?, read_small(r)?)))?,
            friends: r.list(|r| Some((read_text(r)?, read_flag(r)?)))?,
            invited: (read_small(r)?, read_small(r)?, read_small(r)?),
        })
    }
}

fn read_right(r: &mut Reader) -> Option<Right> {
    let number = read_small(r)?;
    let flags = r.byte().filter(|flags| *flags < 4)?;
    let (subject, day) = (read_text(r)?, read_day(r)?);
    let origin = Reason::at(r.byte()?)?;
    Some(Right { number, ticket: flags & 1 == 1, subject, day, origin, granted: flags & 2 == 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(count: u32) -> Rewards {
        let mut rewards = Rewards::default();
        (0..count).for_each(|_| rewards.add(Day::MIN, ("cup", false), Reason::EveryNOrders));
        rewards
    }

    fn numbers(rewards: &Rewards) -> (u32, u32, usize) {
        (rewards.rights[0].number, rewards.rights.last().unwrap().number, rewards.rights.len())
    }

    #[test]
    fn as_many_rights_are_kept_as_there_is_room_for_and_used_ones_go_first() {
        let most = RIGHTS_MAX as u32;
        assert_eq!(numbers(&given(most)), (1, most, RIGHTS_MAX));
        let mut rewards = given(most);
        rewards.rights[6].granted = true;
        rewards.add(Day::MIN, ("cup", false), Reason::EveryNOrders);
        assert_eq!(numbers(&rewards), (1, most + 1, RIGHTS_MAX));
        assert!(rewards.rights.iter().all(|right| right.number != 7), "the used one made room");
        rewards.add(Day::MIN, ("cup", false), Reason::EveryNOrders);
        assert_eq!(numbers(&rewards), (2, most + 2, RIGHTS_MAX), "then the oldest");
    }

    #[test]
    fn a_right_with_unknown_flags_is_not_read() {
        let mut w = Writer::default();
        given(1).encode(&mut w);
        // The number of rights, the right's number, its flags.
        assert_eq!(w.out[..3], [1, 1, 0]);
        for flags in 0..=255 {
            w.out[2] = flags;
            let read = Rewards::decode(&mut Reader::new(&w.out));
            assert_eq!(read.is_some(), flags < 4, "{flags}");
        }
    }
}
