//! What holds for every upload.

use super::sample::{any_names, any_upload, observe, shop_upload, shopping_row, tea_shop, Choices};
use huitou::insight::stats::{Row, Stats};
use huitou::program::names::Names;
use huitou::summary::report::{Report, ReportStats};
use huitou::summary::{DecodeError, Upload};
use proptest::collection::vec;
use proptest::prelude::*;

fn decode(bytes: &[u8], names: &Names) -> Result<(Upload, Names), DecodeError> {
    Upload::decode(bytes, &|hash| (hash == names.hash()).then(|| names.clone()))
}

fn any_choices() -> impl Strategy<Value = Choices> {
    vec(any::<u64>(), 0..600).prop_map(Choices::new)
}

fn any_upload_with_names() -> impl Strategy<Value = (Upload, Names)> {
    any_choices().prop_map(|mut c| {
        let names = any_names(&mut c);
        (any_upload(&mut c, &names), names)
    })
}

impl std::fmt::Debug for Choices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Choices")
    }
}

fn report_json(report: &Report) -> String {
    serde_json::to_string(report).unwrap()
}

/// The rest is whole numbers and text; decimals are compared as thousandths, not as floats.
fn without_attributes(json: String) -> serde_json::Value {
    let mut value: serde_json::Value = json.parse().unwrap();
    value.as_object_mut().unwrap().remove("attributes");
    value
}

proptest! {
    #[test]
    fn uploads_round_trip((upload, names) in any_upload_with_names()) {
        let bytes = upload.encode(&names);
        prop_assert_eq!(decode(&bytes, &names), Ok((upload, names)));
    }

    #[test]
    fn the_two_profiles_say_the_same((upload, names) in any_upload_with_names()) {
        let report = Report::from_upload(&upload, &names);
        prop_assert_eq!(Report::from_json(&upload.to_json(&names)), Ok(report.clone()));
        prop_assert_eq!(without_attributes(upload.to_json(&names)), without_attributes(report_json(&report)));
        prop_assert_eq!(Report::from_json(&report_json(&report)), Ok(report));
    }

    #[test]
    fn bytes_that_decode_are_the_only_ones_for_their_upload(
        (upload, names) in any_upload_with_names(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = upload.encode(&names);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok((upload, names)) = decode(&bytes, &names) {
            prop_assert_eq!(upload.encode(&names), bytes);
            prop_assert!(Report::from_json(&upload.to_json(&names)).is_ok());
        }
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in vec(any::<u8>(), 0..200), names in any_choices().prop_map(|mut c| any_names(&mut c))) {
        let _ = decode(&bytes, &names);
        let mut headed = vec![1, 0];
        headed.extend(names.hash().to_le_bytes());
        headed.extend(bytes);
        let _ = decode(&headed, &names);
    }

    #[test]
    fn merging_is_counting(choices in any_choices(), cuts in (0usize..40, 0usize..40)) {
        let mut c = choices;
        let names = tea_shop();
        let events: Vec<_> = (0..60).map(|_| observe(&mut c, 40)).collect();
        let (one, two) = (cuts.0.min(cuts.1), cuts.0.max(cuts.1));
        let stats_of = |part: std::ops::Range<usize>| {
            let mut stats = Stats::default();
            events[part].iter().for_each(|event| event.count_in(&mut stats));
            let row = Row { stats, ..shopping_row(0, 50) };
            Report::from_upload(&shop_upload(vec![row]), &names).rows.remove(0).stats
        };
        let parts = [stats_of(0..one), stats_of(one..two), stats_of(two..60)];
        let whole = stats_of(0..60);
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut left = ReportStats::default();
            order.iter().for_each(|&at| left.merge(&parts[at]));
            let mut right = parts[order[1]].clone();
            right.merge(&parts[order[2]]);
            right.merge(&parts[order[0]]);
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&right, &whole);
        }
    }

    #[test]
    fn merging_any_rows_does_not_depend_on_the_order((upload, names) in any_upload_with_names()) {
        let rows = Report::from_upload(&upload, &names).rows;
        let merged = |rows: &mut dyn Iterator<Item = &huitou::summary::report::ReportRow>| {
            rows.fold(ReportStats::default(), |mut sum, row| {
                sum.merge(&row.stats);
                sum
            })
        };
        prop_assert_eq!(merged(&mut rows.iter()), merged(&mut rows.iter().rev()));
    }
}

#[test]
fn every_cut_and_every_addition_is_refused() {
    let names = tea_shop();
    let mut upload = shop_upload(vec![shopping_row(1, 50)]);
    upload.names = Some(names.clone());
    let mut bytes = upload.encode(&names);
    for len in 0..bytes.len() {
        assert!(matches!(decode(&bytes[..len], &names), Err(DecodeError::Malformed { .. })), "{len}");
    }
    bytes.push(0);
    let at = bytes.len() - 1;
    assert_eq!(decode(&bytes, &names), Err(DecodeError::Malformed { at, what: "end" }));
}

#[test]
fn unknown_names_are_asked_for() {
    let names = tea_shop();
    let bytes = shop_upload(vec![shopping_row(1, 50)]).encode(&names);
    assert_eq!(Upload::decode(&bytes, &|_| None), Err(DecodeError::UnknownDictionary(names.hash())));
}
