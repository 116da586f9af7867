//! Ids as apps have them.

/// One way to name people.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// So many different ones, the same at every call.
    pub(crate) make: fn(usize) -> Vec<String>,
}

pub(crate) const KINDS: [Kind; 3] = [
    Kind { name: "u_000001, u_000002 …", make: |count| (1..=count).map(|number| format!("u_{number:06}")).collect() },
    Kind { name: "like an openid", make: |count| (1..=count as u64).map(openid).collect() },
    Kind { name: "1, 2, 3 …", make: |count| (1..=count).map(|number| number.to_string()).collect() },
];

/// `o` and 27 letters of base64url, random in all of them.
fn openid(number: u64) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letter = |at: u64| {
        let random = mixed(number.wrapping_mul(27).wrapping_add(at));
        char::from(LETTERS.get((random >> 58) as usize).copied().unwrap_or(b'_'))
    };
    std::iter::once('o').chain((0..27).map(letter)).collect()
}

/// A step of splitmix64 (Steele 2014).
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_differ_and_look_as_they_should() {
        for kind in KINDS {
            let ids = (kind.make)(5_000);
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 5_000, "{}", kind.name);
        }
        let id = openid(1);
        assert!(id.starts_with('o') && id.len() == 28, "{id}");
    }
}
