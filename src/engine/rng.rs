//! Random-looking numbers from the seed that the shell handed in (xorshift64*, Vigna 2016). For ids and jitter only.

/// A generator; equal seeds give equal numbers.
#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

impl Rng {
    /// From 16 random bytes of the platform.
    pub(super) fn new(seed: [u8; 16]) -> Rng {
        let mixed = u128::from_le_bytes(seed);
        Rng((mixed as u64 ^ (mixed >> 64) as u64).max(1))
    }

    /// The next number, never 0.
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}
