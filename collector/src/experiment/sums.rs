//! What is known of the people of a variation.

/// Sums of one metric over the people of one variation. `y` is the metric since a person's first exposure, `x` the same
/// metric in the 28 days before. Adding up sums of two groups of people gives those of all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// How many people, those with nothing but zeros included.
    pub people: u64,
    /// Σy
    pub y: f64,
    /// Σy²
    pub yy: f64,
    /// Σx
    pub x: f64,
    /// Σx²
    pub xx: f64,
    /// Σxy
    pub xy: f64,
}

impl Sums {
    /// Adds a person.
    pub fn add(&mut self, y: f64, x: f64) {
        self.people += 1;
        self.y += y;
        self.yy += y * y;
        self.x += x;
        self.xx += x * x;
        self.xy += x * y;
    }

    /// The people as a number to reckon with.
    pub fn n(&self) -> f64 {
        self.people as f64
    }

    /// Mean and variance of `y`; `None` for fewer than two people.
    pub fn sample(&self) -> Option<Sample> {
        (self.people > 1).then(|| Sample {
            people: self.n(),
            mean: self.y / self.n(),
            variance: self.scatter().0 / (self.n() - 1.0),
        })
    }

    /// The same for a `y` that is 0 or 1 for each person: the variance is that of the share.
    pub fn proportion(&self) -> Option<Sample> {
        let sample = self.sample()?;
        Some(Sample { variance: sample.mean * (1.0 - sample.mean), ..sample })
    }

    /// Sums of squares and products around the means: (Syy, Sxx, Sxy). Not below 0 where only rounding makes them so.
    pub fn scatter(&self) -> (f64, f64, f64) {
        let around = |product: f64, a: f64, b: f64| product - a * (b / self.n());
        let yy = around(self.yy, self.y, self.y).max(0.0);
        let xx = around(self.xx, self.x, self.x).max(0.0);
        (yy, xx, around(self.xy, self.x, self.y))
    }
}

/// A mean and how far single people lie from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// How many people; at least 2.
    pub people: f64,
    /// Arithmetic mean, in the metric's unit.
    pub mean: f64,
    /// Variance, in the unit's square: unbiased (n − 1) for amounts.
    pub variance: f64,
}

impl Sample {
    /// The variance of the mean.
    pub fn error_squared(&self) -> f64 {
        self.variance / self.people
    }
}
