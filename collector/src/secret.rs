//! Keys of the apps: where they come from, and the one keyed hash that everything is signed with.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

use crate::delivery::wechat::Account;
use crate::error::Failure;

/// The fewest bytes a secret may have: what HMAC-SHA256 makes use of.
pub const SECRET_BYTES_MIN: usize = 32;

/// A key. It never prints itself.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes a key of at least [`SECRET_BYTES_MIN`] bytes.
    pub fn new(text: &str) -> Result<Secret, Failure> {
        if text.len() < SECRET_BYTES_MIN {
            return Err(Failure::new(format!("a secret needs at least {SECRET_BYTES_MIN} bytes")));
        }
        Ok(Secret(text.as_bytes().to_vec()))
    }

    /// The key that WeChat gave a user; its length is WeChat's choice.
    pub fn of_user(key: Vec<u8>) -> Secret {
        Secret(key)
    }

    /// HMAC-SHA256 of the parts, one after the other.
    pub fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        self.mac(parts).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
    }

    /// Compares in constant time.
    pub fn verify(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        self.mac(parts).is_some_and(|mac| mac.verify_slice(signature).is_ok())
    }

    /// Compares with what somebody typed, in constant time: both are signed, and the signatures compared.
    pub fn equals(&self, given: &str) -> bool {
        self.verify(&[given.as_bytes()], &self.sign(&[&self.0]))
    }

    fn mac(&self, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        parts.iter().for_each(|part| mac.update(part));
        Some(mac)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The keys of one app. The first of a list signs, all of them verify, so that a key can be replaced without a gap.
#[derive(Clone, Debug, Default)]
pub struct AppSecrets {
    /// Keys of user tokens, shared with the merchant's login server.
    pub token: Vec<Secret>,
    /// Keys of facts, shared with the merchant's order system.
    pub facts: Vec<Secret>,
    /// Keys of receipts, of no use to anybody else. Without one, receipts are signed with a key made from the first
    /// token key.
    pub receipt: Vec<Secret>,
    /// Keys of webhooks, shared with whoever receives them. Without one, they are signed with a key made from the first
    /// key of facts.
    pub webhook: Vec<Secret>,
    /// What WeChat knows the app by, where messages are sent from here.
    pub wechat: Option<Account>,
    /// What is asked of phones beside a token.
    pub mac: MacRule,
}

/// Whether phones have to prove with WeChat's per-user key that they belong to their user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MacRule {
    /// Nobody looks.
    Off,
    /// A proof that can be checked must be right.
    #[default]
    Optional,
    /// There must be one.
    Required,
}

/// The keys of every app that this collector serves.
#[derive(Clone, Debug, Default)]
pub struct Secrets(BTreeMap<String, AppSecrets>);

/// The file: `{"tea-shop":{"token":["…"],"facts":["…"],"receipt":["…"],"mac":"required"}}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppFile {
    #[serde(default)]
    token: Vec<String>,
    #[serde(default)]
    facts: Vec<String>,
    #[serde(default)]
    receipt: Vec<String>,
    #[serde(default)]
    webhook: Vec<String>,
    wechat: Option<WechatFile>,
    #[serde(default)]
    mac: MacRule,
}

/// An app's account with WeChat.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WechatFile {
    appid: String,
    secret: String,
    #[serde(default = "formal")]
    state: String,
}

fn formal() -> String {
    "formal".to_owned()
}

impl Secrets {
    /// The keys of an app.
    pub fn of(&self, app: &str) -> Option<&AppSecrets> {
        self.0.get(app)
    }

    /// Accounts with WeChat by app.
    pub fn accounts(&self) -> BTreeMap<String, Account> {
        let accounts = self.0.iter().filter_map(|(app, keys)| Some((app.clone(), keys.wechat.clone()?)));
        accounts.collect()
    }

    /// Sets the keys of an app.
    pub fn insert(&mut self, app: &str, secrets: AppSecrets) {
        self.0.insert(app.to_owned(), secrets);
    }

    /// Reads the secrets file.
    pub fn read(path: &Path) -> Result<Secrets, Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| Failure::io("read", path, &e))?;
        // serde_json's message may quote the text, which is secret: only the place is told.
        let file: BTreeMap<String, AppFile> = serde_json::from_str(&text).map_err(|e| {
            Failure::new(format!("{}: not a secrets file, line {} column {}", path.display(), e.line(), e.column()))
        })?;
        let apps = file.into_iter().map(|(app, keys)| {
            let (receipt, webhook) = (secrets_of(&keys.receipt)?, secrets_of(&keys.webhook)?);
            let wechat = keys.wechat.map(|WechatFile { appid, secret, state }| Account { appid, secret, state });
            let signing = AppSecrets::from_texts(&keys.token, &keys.facts)?;
            Ok((app, AppSecrets { receipt, webhook, wechat, mac: keys.mac, ..signing }))
        });
        apps.collect::<Result<_, Failure>>().map(Secrets)
    }

    /// Makes random keys for an app and keeps them in a new file that only its owner can read.
    pub fn generate(app: &str, path: &Path) -> Result<(), Failure> {
        let text = serde_json::json!({ app: { "token": [random_key()?], "facts": [random_key()?] } });
        let mut file = private_file(path).map_err(|e| Failure::io("create", path, &e))?;
        writeln!(file, "{text:#}").and_then(|()| file.sync_all()).map_err(|e| Failure::io("write", path, &e))
    }
}

impl AppSecrets {
    /// Checks the keys.
    pub fn from_texts(token: &[String], facts: &[String]) -> Result<AppSecrets, Failure> {
        Ok(AppSecrets { token: secrets_of(token)?, facts: secrets_of(facts)?, ..AppSecrets::default() })
    }

    /// The signature of a webhook's body; `None` without any key.
    pub fn sign_webhook(&self, timestamp: &str, body: &str) -> Option<Vec<u8>> {
        let made = || self.facts.first().map(|key| Secret(key.sign(&[b"huitou-webhook-1"])));
        let key = self.webhook.first().cloned().or_else(made)?;
        Some(key.sign(&[timestamp.as_bytes(), b".", body.as_bytes()]))
    }

    /// The signature of a receipt, in hexadecimal digits; `None` without any key.
    pub fn sign_receipt(&self, receipt: &str) -> Option<String> {
        let made = || self.token.first().map(|key| Secret(key.sign(&[b"huitou-receipt-1"])));
        let key = self.receipt.first().cloned().or_else(made)?;
        Some(hex(&key.sign(&[receipt.as_bytes()])))
    }
}

fn secrets_of(texts: &[String]) -> Result<Vec<Secret>, Failure> {
    texts.iter().map(|text| Secret::new(text)).collect()
}

fn random_key() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| Failure::new(format!("no randomness from the system: {e}")))?;
    Ok(hex(&bytes))
}

fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads hexadecimal digits; `None` if it is something else.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_rfc_4231_says() {
        let secret = Secret(vec![0x0b; 20]);
        let signature = hex(&secret.sign(&[b"Hi ", b"There"]));
        assert_eq!(signature, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        assert!(secret.verify(&[b"Hi There"], &from_hex(&signature).unwrap()));
        assert!(!secret.verify(&[b"Hi there"], &from_hex(&signature).unwrap()));
        assert!(secret.equals(&"\u{b}".repeat(20)) && !secret.equals("") && !secret.equals(&"\u{b}".repeat(21)));
    }

    #[test]
    fn hex_refuses_what_is_none() {
        assert_eq!(from_hex("00ff"), Some(vec![0, 255]));
        for text in ["0", "0g", "é0", "+1"] {
            assert_eq!(from_hex(text), None, "{text}");
        }
    }

    #[test]
    fn a_generated_file_is_private_and_loads() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.json");
        Secrets::generate("tea-shop", &path).unwrap();
        let secrets = Secrets::read(&path).unwrap();
        assert_eq!(secrets.of("tea-shop").unwrap().token.len(), 1);
        assert!(secrets.of("other").is_none());
        assert!(Secrets::generate("tea-shop", &path).is_err(), "an existing file is never overwritten");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn mistakes_in_the_file_never_quote_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.json");
        std::fs::write(&path, r#"{"a":{"token":["hunter2hunter2hunter2hunter2hunter2"],"fact":1}}"#).unwrap();
        let message = Secrets::read(&path).unwrap_err().to_string();
        assert!(!message.contains("hunter2"), "{message}");
        assert!(Secret::new("short").is_err());
        assert!(!format!("{:?}", Secret::new(&"x".repeat(32)).unwrap()).contains('x'));
    }
}
