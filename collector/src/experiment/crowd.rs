//! Made-up customers, from a seed.

/// What somebody did before and since her first exposure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deeds {
    /// Orders in the 28 days before.
    pub orders_before: f64,
    /// Orders since.
    pub orders: f64,
    /// What they cost, in fen.
    pub paid_fen: f64,
}

/// Customers with habits: most buy seldom, a few often, and amounts have a long tail, as in a shop.
#[derive(Debug)]
pub struct Crowd {
    state: u64,
}

impl Crowd {
    /// The same seed makes the same customers.
    pub fn new(seed: u64) -> Crowd {
        Crowd { state: seed }
    }

    /// What the next customer did.
    pub fn deeds(&mut self) -> Deeds {
        let habit = 0.3 * (0.9 * self.normal()).exp();
        let (orders_before, orders) = (self.poisson(habit), self.poisson(habit));
        let paid_fen = (0..orders).map(|_| (8.0 + 0.6 * self.normal()).exp().round()).sum();
        Deeds { orders_before: f64::from(orders_before), orders: f64::from(orders), paid_fen }
    }

    /// SplitMix64 (Steele, Lea, Flood, 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Above 0, at most 1.
    fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Box and Muller.
    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Knuth's way, for small means.
    fn poisson(&mut self, mean: f64) -> u32 {
        let (end, mut product, mut count) = ((-mean).exp(), self.uniform(), 0);
        while product > end {
            product *= self.uniform();
            count += 1;
        }
        count
    }
}
