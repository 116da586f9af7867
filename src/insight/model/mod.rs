//! Models of coming back: how likely, when, and what she spends. One file a model.
//!
//! All of them are closed forms in double precision over one crate of elementary functions (`libm`), so that phones
//! and servers agree to the last bit. A model is made from a fleet's parameters and refuses those that make no sense
//! (`None`: not finite, not positive, beyond [`number::PARAMETER_MAX`]); once made, it answers every input with a
//! finite number. What an input out of range is taken for stands with each function.
//!
//! | file | says | formulas |
//! |---|---|---|
//! | `lifetime` | P(alive), P(an event within t), how many to expect | Fader, Hardie & Lee 2005; Batislam et al. 2007; Platzer & Reutterer 2016 |
//! | `nbd` | the same without dropping out | Ehrenberg 1959 |
//! | `gamma_gamma` | what she spends a time | Fader & Hardie 2013 |
//! | `logit7` | P(an event within the horizon), from coefficients fitted on a fleet | logistic regression |
//! | `cycle` | when the next purchase of something is due | shrunk log-normal, gamma–gamma |

pub mod cycle;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod exported;
pub mod gamma_gamma;
pub mod hypergeometric;
pub mod incomplete_beta;
pub mod lifetime;
pub mod logit7;
pub mod nbd;
pub mod number;
