//! Room in storage: what is given up, in which order, when the outbox outgrows it.

use super::Engine;
use crate::bytes::Writer;
use crate::event::dropped::Dropped;
use crate::insight::epoch::OutRow;
use crate::store::image;

/// The largest image: base64 of it stays far below the platform's 1 MB a key, and a write stays short.
pub const IMAGE_BYTES_MAX: usize = 48 * 1024;
/// The most rows kept: a year of two starts a day without network, coarse.
pub const ROWS_KEPT_MAX: usize = 700;
/// Rows that the backend refused are kept for a look, not for ever.
pub const QUARANTINED_MAX: usize = 16;
/// Rows given up at a time, so that the image is not measured for each.
const STEP: usize = 16;

impl Engine {
    /// Shrinks the state until its image fits: detail of the oldest days first, then whole rows without orders,
    /// then whole rows. What is given up is counted.
    pub(super) fn make_room(&mut self) {
        self.drop_quarantined();
        while self.image_bytes() > IMAGE_BYTES_MAX || self.row_count() > ROWS_KEPT_MAX {
            let coarsened = self.coarsen_oldest();
            let evicted = if coarsened == 0 { self.evict_oldest(|row| row.row.stats.orders.is_empty()) } else { 0 };
            if coarsened == 0 && evicted == 0 && self.evict_oldest(|_| true) == 0 {
                return;
            }
        }
    }

    /// Without the names: they are as large as the program is, and giving up rows does not shrink them.
    fn image_bytes(&self) -> usize {
        let mut image = Writer::default();
        image::encode(&self.state, &mut image);
        super::encode_rest((&self.ledgers, &self.trials, &self.portrait, &self.journeys), &mut image);
        let mut names = Writer::default();
        self.state.epochs.iter().for_each(|epoch| epoch.names.encode(&mut names));
        image.out.len() - names.out.len()
    }

    fn row_count(&self) -> usize {
        self.state.epochs.iter().map(|epoch| epoch.rows.len()).sum()
    }

    /// Closed rows, oldest first.
    fn closed_rows(&mut self) -> impl Iterator<Item = &mut OutRow> {
        let open = self.state.segment;
        self.state.epochs.iter_mut().flat_map(|epoch| &mut epoch.rows).filter(move |row| row.row.segment != open)
    }

    fn coarsen_oldest(&mut self) -> u32 {
        let mut count = 0;
        for row in self.closed_rows().filter(|row| !row.coarse).take(STEP) {
            row.coarsen();
            count += 1;
        }
        if count > 0 {
            self.note(Dropped::Coarsened, count);
        }
        count
    }

    fn evict_oldest(&mut self, may_go: impl Fn(&OutRow) -> bool) -> u32 {
        let open = self.state.segment;
        let (mut rows, mut events) = (0, 0u32);
        for epoch in &mut self.state.epochs {
            epoch.rows.retain(|row| {
                let goes = rows < STEP && row.row.segment != open && may_go(row);
                if goes {
                    rows += 1;
                    events = events.saturating_add(row.events().max(1));
                }
                !goes
            });
        }
        if rows > 0 {
            self.note(Dropped::Evicted, events);
        }
        rows as u32
    }

    fn drop_quarantined(&mut self) {
        let quarantined = self.state.epochs.iter().flat_map(|epoch| &epoch.rows).filter(|row| row.quarantined).count();
        let mut surplus = quarantined.saturating_sub(QUARANTINED_MAX);
        for epoch in &mut self.state.epochs {
            epoch.rows.retain(|row| {
                let goes = row.quarantined && surplus > 0;
                surplus -= usize::from(goes);
                !goes
            });
        }
    }
}
