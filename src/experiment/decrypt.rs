//! Encrypted payloads: AES-128-CBC with PKCS#7 padding, as GrowthBook's endpoint serves them when asked to. It hides rules
//! from those who look at the traffic; it proves nothing of who made them.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, KeyIvInit};

use crate::bytes::from_base64;

/// The text of `"iv.ciphertext"`, both base64, with a base64 key of 16 bytes. `None` if any of them is none, or the key is
/// another one.
pub fn decrypt(encrypted: &str, key: &str) -> Option<String> {
    let (iv, text) = encrypted.split_once('.')?;
    let [key, iv, mut text] = [from_base64(key)?, from_base64(iv)?, from_base64(text)?];
    let cipher = cbc::Decryptor::<aes::Aes128>::new_from_slices(&key, &iv).ok()?;
    let plain = cipher.decrypt_padded_mut::<Pkcs7>(&mut text).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}
