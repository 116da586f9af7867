//! Overrides in the query that the mini-program was opened with: `?buy-colour=1`.

/// The variation that the query of an address (or a query alone) asks for; `None` if it does not, or if there are not so
/// many. The first of several counts.
pub fn asked(address: &str, experiment: &str, count: usize) -> Option<usize> {
    if address.is_empty() {
        return None;
    }
    let query = address.split_once('?').map_or(address, |(_, query)| query);
    let query = query.split(['?', '#']).next().unwrap_or_default();
    let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (_, value) = pairs.find(|(key, _)| *key == experiment)?;
    whole(value).filter(|&variation| variation < count)
}

/// The digits at the start of a text, as JavaScript's `parseInt` takes them.
fn whole(text: &str) -> Option<usize> {
    let text = text.trim_start().trim_start_matches('+');
    let end = text.find(|symbol: char| !symbol.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}
