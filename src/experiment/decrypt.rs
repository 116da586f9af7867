//! Encrypted payloads: AES-128-CBC with PKCS#7 padding, as GrowthBook's endpoint serves them when asked to. It hides rules
//! from those who look at the traffic; it proves nothing of who made them.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, KeyIvInit};

use super::payload::{CODES, LIMITS};
use crate::bytes::from_base64;
use crate::error::Error;
use crate::program::not_read;
use crate::program::value::{parse_within, Value};

/// Encrypted members and what they are in the open.
const MEMBERS: [(&str, &str); 4] = [
    ("encryptedFeatures", "features"),
    ("encryptedExperiments", "experiments"),
    ("encryptedSavedGroups", "savedGroups"),
    ("encryptedContextualBandits", "contextualBandits"),
];

/// The text of `"iv.ciphertext"`, both base64, with a base64 key of 16 bytes. `None` if any of them is none, or the key is
/// another one.
pub fn decrypt(encrypted: &str, key: &str) -> Option<String> {
    let (iv, text) = encrypted.split_once('.')?;
    let [key, iv, mut text] = [from_base64(key)?, from_base64(iv)?, from_base64(text)?];
    let cipher = cbc::Decryptor::<aes::Aes128>::new_from_slices(&key, &iv).ok()?;
    let plain = cipher.decrypt_padded_mut::<Pkcs7>(&mut text).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

/// A payload in the open: each encrypted member in place of the plain one. One without encrypted members comes back as it
/// was, but for white space.
///
/// # Errors
/// Those of [`super::payload::Payload::load`] for a text that is no payload; `payload_encrypted`, with the member's name,
/// if the key is not the one it was encrypted with, or what comes out is no JSON.
pub fn decrypt_payload(text: &str, key: &str) -> Result<String, Error> {
    let Value::Map(members) = parse_within(text, LIMITS).map_err(|fault| not_read(text, fault, CODES))? else {
        return Err(Error::new("payload_invalid", "expected an object"));
    };
    let mut open: Vec<(String, Value)> = Vec::new();
    for (name, value) in members {
        let plain = MEMBERS.iter().find(|(encrypted, _)| *encrypted == name).map(|(_, plain)| *plain);
        let member = match (plain, value.as_str().filter(|text| !text.is_empty())) {
            (Some(plain), Some(text)) => (plain.to_owned(), opened(text, key).ok_or_else(|| wrong_key(&name))?),
            (Some(_), None) => continue,
            (None, _) => (name, value),
        };
        open.retain(|(known, _)| *known != member.0);
        open.push(member);
    }
    Ok(Value::Map(open).to_json())
}

fn opened(text: &str, key: &str) -> Option<Value> {
    parse_within(&decrypt(text, key)?, LIMITS).ok()
}

fn wrong_key(member: &str) -> Error {
    Error::new("payload_encrypted", "can't be decrypted with this key; check decryption_key").at(member)
}
