//! What a summary may weigh.

use super::sample::{shop_upload, shopping_row, tea_shop};

#[test]
fn a_session_of_50_events_is_a_row_of_160_bytes() {
    let names = tea_shop();
    let sizes = (0..50).map(|seed| {
        let mut w = huitou::bytes::Writer::default();
        huitou::summary::rows::encode_row(&mut w, &shopping_row(seed, 50), &names);
        w.out.len()
    });
    let sizes: Vec<usize> = sizes.collect();
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    println!("50 events: mean {mean}, max {:?}", sizes.iter().max());
    assert!(mean <= 160, "{mean}");
}

#[test]
fn a_day_of_300_events_fits_700_bytes_and_4_kilobytes_of_json() {
    let names = tea_shop();
    for seed in 0..50 {
        let upload = shop_upload(vec![shopping_row(seed, 300)]);
        let stats = &upload.rows[0].stats;
        assert!(stats.events.iter().map(|(_, event)| event.count).sum::<u32>() == 300 && stats.events.len() >= 11);
        let (binary, json) = (upload.encode(&names).len(), upload.to_json(&names).len());
        println!("300 events, seed {seed}: {binary} B, {json} B of JSON, {} kinds", stats.events.len());
        assert!(binary <= 700, "{binary}");
        assert!(json <= 4096, "{json}");
    }
}

#[test]
fn the_names_of_a_shop_travel_in_a_kilobyte() {
    let names = tea_shop();
    let mut upload = shop_upload(vec![]);
    let bare = upload.encode(&names).len();
    upload.names = Some(names.clone());
    let size = upload.encode(&names).len() - bare;
    println!("names: {size} B");
    assert!(size <= 1024, "{size}");
}
