//! Chance from a seed, for splitting people and for making them up.

/// SplitMix64 (Steele, Lea & Flood, 2014).
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The same seed, the same numbers.
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// 64 even bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Above 0, at most 1.
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Standard normal (Box & Muller).
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Gamma with a shape and scale 1 (Marsaglia & Tsang, 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let normal = self.normal();
            let v = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * normal * normal + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// Beta with two shapes.
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (one, other) = (self.gamma(a), self.gamma(b));
        one / (one + other)
    }
}

/// True for the share of ids that is held out; the same ids for the same seed, whatever else is in the data.
pub fn is_held_out(id: &str, seed: u64) -> bool {
    // FNV-1a, stirred.
    let hash = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    Random::new(hash ^ seed).uniform() <= HELD_OUT
}

/// Share of people on whom nothing is fitted while quality is measured.
pub const HELD_OUT: f64 = 0.3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut random = Random::new(1);
        let mut mean =
            |draw: &dyn Fn(&mut Random) -> f64| (0..40_000).map(|_| draw(&mut random)).sum::<f64>() / 40_000.0;
        assert!((mean(&|random| random.gamma(0.5)) - 0.5).abs() < 0.02);
        assert!((mean(&|random| random.gamma(6.0)) - 6.0).abs() < 0.05);
        assert!((mean(&|random| random.beta(0.9, 1.6)) - 0.36).abs() < 0.01);
        assert!(mean(&|random| random.normal()).abs() < 0.02);
    }

    #[test]
    fn a_share_is_held_out() {
        let out = (0..10_000).filter(|n| is_held_out(&n.to_string(), 1)).count();
        assert!((2_850..3_150).contains(&out), "{out}");
        assert!((0..100).any(|n| is_held_out(&n.to_string(), 1) != is_held_out(&n.to_string(), 2)));
    }
}
