//! The reference backend of Huitou: takes summaries, keeps each row once, shows them.
