//! The phone's chain of claims: each head is a hash of the one before and the claim, so that nothing that was sent
//! once can be sent differently later.

use huitou::loyalty::wire::{next_head, Claim, Head};
use huitou::summary::Claims;

/// What is held of a phone's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The highest number.
    pub seq: u32,
    /// The heads from the one before the upload's first claim on, as far as they are held.
    pub heads: Vec<Head>,
}

/// Why an upload's claims do not continue the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Numbers are missing: the server has lost some, or the phone invents them.
    Gap,
    /// There was another claim under one of the numbers: the phone's storage was set back, copied or edited.
    Forked,
}

impl Broken {
    /// As in the answer.
    pub fn code(self) -> &'static str {
        match self {
            Broken::Gap => "gap",
            Broken::Forked => "forked",
        }
    }
}

/// The heads after each of the upload's claims, if they continue what is held.
pub fn follow(claimed: &Claims, held: &Held) -> Result<Vec<Head>, Broken> {
    let Some(&before) = held.heads.first() else {
        return Err(Broken::Gap);
    };
    let mut head = before;
    let next = |claim: &Claim| {
        head = next_head(&head, claim);
        head
    };
    let heads: Vec<Head> = claimed.list.iter().map(next).collect();
    let known = held.heads.iter().skip(1);
    let differs = known.zip(&heads).any(|(known, found)| known != found);
    // A phone that has nothing to say and is behind has lost what it once said.
    let behind = claimed.list.is_empty() && claimed.first <= held.seq;
    if differs || behind || *heads.last().unwrap_or(&before) != claimed.head {
        return Err(Broken::Forked);
    }
    Ok(heads)
}

#[cfg(test)]
mod tests {
    use super::*;
    use huitou::clock::OffsetMin;
    use huitou::id::{DeviceId, UserId};
    use huitou::loyalty::wire::first_head;
    use huitou::loyalty::Act;

    /// A claim for each letter.
    fn claims(marks: &[u8]) -> Vec<Claim> {
        let claim = |mark: &u8| Claim {
            revision: 1,
            at_s: 1_790_000_000 + i64::from(*mark),
            offset: OffsetMin::new(480),
            act: Act::CheckIn,
        };
        marks.iter().map(claim).collect()
    }

    fn claimed(first: u32, head: Head, marks: &[u8]) -> Claims {
        Claims { revision: 1, first, wants_base: false, head, digest: [0; 16], list: claims(marks) }
    }

    /// The heads after each claim, the first one before them all.
    fn heads(marks: &[u8]) -> Vec<Head> {
        let mut heads = vec![first_head("shop", &UserId::new("u").unwrap(), DeviceId(1))];
        claims(marks).iter().for_each(|claim| heads.push(next_head(heads.last().unwrap(), claim)));
        heads
    }

    fn held(marks: &[u8], first: u32) -> Held {
        let all = heads(marks);
        let from = all.get(first as usize - 1..).map(<[Head]>::to_vec).unwrap_or_default();
        Held { seq: marks.len() as u32, heads: from }
    }

    #[test]
    fn a_chain_goes_on_and_may_repeat_itself() {
        let all = heads(b"abc");
        assert_eq!(follow(&claimed(1, all[3], b"abc"), &held(b"", 1)).unwrap(), all[1..]);
        assert_eq!(follow(&claimed(2, all[3], b"bc"), &held(b"ab", 2)).unwrap(), all[2..]);
        assert_eq!(follow(&claimed(1, all[2], b"ab"), &held(b"abc", 1)).unwrap(), all[1..3], "an old retry");
        assert_eq!(follow(&claimed(4, all[3], b""), &held(b"abc", 4)).unwrap(), Vec::<Head>::new());
    }

    #[test]
    fn what_does_not_follow_is_told_apart() {
        let all = heads(b"abc");
        assert_eq!(follow(&claimed(5, all[3], b"x"), &held(b"abc", 5)), Err(Broken::Gap));
        assert_eq!(follow(&claimed(3, heads(b"abx")[3], b"x"), &held(b"abc", 3)), Err(Broken::Forked), "another claim");
        assert_eq!(follow(&claimed(4, heads(b"axcd")[4], b"d"), &held(b"abc", 4)), Err(Broken::Forked), "another past");
        assert_eq!(follow(&claimed(3, all[2], b""), &held(b"abc", 3)), Err(Broken::Forked), "set back");
    }
}
