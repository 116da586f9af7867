//! What a receiver in another language is told.

use super::sample::{shop_upload, shopping_row, tea_shop};
use huitou::summary::report::Report;
use huitou::summary::server::{names_bytes, receive, Received};
use huitou::summary::UPLOAD_BYTES_MAX;

#[test]
fn names_are_asked_for_once_and_kept_by_the_receiver() {
    let names = tea_shop();
    let (hash, kept) = (names.hash(), names_bytes(&names));
    let mut upload = shop_upload(vec![shopping_row(1, 50)]);
    let body = upload.encode(&names);
    assert_eq!(receive(&body, None), Ok(Received::UnknownDictionary(hash)));
    assert_eq!(receive(&body, Some(b"other")), Ok(Received::UnknownDictionary(hash)), "unreadable names help nobody");
    let report = Box::new(Report::from_json(&upload.to_json(&names)).unwrap());
    assert_eq!(receive(&body, Some(&kept)), Ok(Received::Report { report: report.clone(), dictionary: None }));
    upload.names = Some(names.clone());
    let dictionary = Some((hash, kept));
    assert_eq!(receive(&upload.encode(&names), None), Ok(Received::Report { report, dictionary }));
}

#[test]
fn malformed_bytes_say_where() {
    let error = receive(&[1, 9], None).unwrap_err();
    assert_eq!((error.code, error.message.as_str()), ("upload_malformed", "malformed header at byte 2"));
}

#[test]
fn reports_out_of_their_limits_are_refused_with_the_path() {
    let json = shop_upload(vec![shopping_row(1, 50)]).to_json(&tea_shop());
    assert!(Report::from_json(&json).is_ok());
    let refused = |from: &str, to: &str, code: &str, path: &str| {
        assert!(json.contains(from), "{from}");
        let error = Report::from_json(&json.replacen(from, to, 1)).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (code, path), "{error}");
    };
    refused("{", "[", "report_not_json", "");
    refused("\"v\":1", "\"v\":1,\"w\":1", "report_not_json", "");
    refused("\"r\":", "\"y\":1,\"r\":", "report_not_json", "");
    refused("\"n\":", "\"m\":1,\"n\":", "report_not_json", "");
    refused("\"ss\":[1,", "\"ss\":[1,2,", "report_not_json", "");
    refused("\"h\":{\"8\"", "\"h\":{\"24\"", "report_not_json", "");
    refused("\"v\":1", "\"v\":2", "report_invalid", "v");
    refused("0123456789abcdef", "0123456789ABCDEF", "report_invalid", "device");
    refused("\"tz\":480", "\"tz\":1500", "report_invalid", "tz");
    refused("\"sent\":1", "\"sent\":91", "report_invalid", "sent");
    refused("2026-11-22", "2026-11-31", "report_invalid", "rows[0].d");
    refused("\"ss\":[1,", "\"ss\":[4294967296,", "report_invalid", "rows[0].ss");
    refused("\"product\":[", "\"product\":[999999999", "report_invalid", "rows[0].e.page.by.page");
    refused("\"b\":[[", "\"b\":[[9", "report_invalid", "rows[0].e.page.num.dwell_ms");
}

#[test]
fn a_full_upload_stays_below_what_receivers_must_accept() {
    let names = tea_shop();
    let mut upload = shop_upload(vec![shopping_row(1, 300); huitou::summary::ROWS_MAX]);
    upload.names = Some(names.clone());
    assert!(upload.encode(&names).len() < UPLOAD_BYTES_MAX);
}
