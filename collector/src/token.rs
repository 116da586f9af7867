//! User tokens: who is calling, signed by the merchant's login server.
//!
//! `h1.<base64url of {"app","user","exp"}>.<base64url of HMAC-SHA256 over the part before the last dot>`

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use huitou::id::UserId;
use serde::{Deserialize, Serialize};

use crate::secret::{Secret, Secrets};

/// The longest token that is looked at: 64 bytes of user and 32 of app fit several times.
const TOKEN_BYTES_MAX: usize = 1024;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The app it is for.
    pub app: String,
    /// Whose it is; empty for a phone before login.
    pub user: String,
    /// Until when it is good, in seconds since 1970.
    pub exp: i64,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is none.
    Missing,
    /// It is no token of this kind.
    Malformed,
    /// The signature is not that of a key of its app.
    Forged,
    /// Its time is over.
    Expired,
}

impl Refused {
    /// Stable code, as in the answer.
    pub fn code(self) -> &'static str {
        match self {
            Refused::Missing => "token_missing",
            Refused::Malformed => "token_malformed",
            Refused::Forged => "token_forged",
            Refused::Expired => "token_expired",
        }
    }
}

/// Makes a token.
pub fn mint(secret: &Secret, claims: &Claims) -> String {
    let json = serde_json::to_vec(claims).unwrap_or_default();
    let signed = format!("h1.{}", URL_SAFE_NO_PAD.encode(json));
    let signature = URL_SAFE_NO_PAD.encode(secret.sign(&[signed.as_bytes()]));
    format!("{signed}.{signature}")
}

/// Checks a token at a time in seconds since 1970.
pub fn verify(token: &str, secrets: &Secrets, now_s: i64) -> Result<Claims, Refused> {
    let (signed, signature) = split(token).ok_or(Refused::Malformed)?;
    let claims = claims(signed).ok_or(Refused::Malformed)?;
    let keys = secrets.of(&claims.app).ok_or(Refused::Forged)?;
    if !keys.token.iter().any(|key| key.verify(&[signed.as_bytes()], &signature)) {
        return Err(Refused::Forged);
    }
    if claims.exp <= now_s {
        return Err(Refused::Expired);
    }
    Ok(claims)
}

fn split(token: &str) -> Option<(&str, Vec<u8>)> {
    if token.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    Some((signed, URL_SAFE_NO_PAD.decode(signature).ok()?))
}

fn claims(signed: &str) -> Option<Claims> {
    let json = URL_SAFE_NO_PAD.decode(signed.strip_prefix("h1.")?).ok()?;
    let claims: Claims = serde_json::from_slice(&json).ok()?;
    UserId::new(&claims.user).map(|_| claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::AppSecrets;

    fn secrets(keys: &[&str]) -> Secrets {
        let texts: Vec<String> = keys.iter().map(|key| key.repeat(32)).collect();
        let mut secrets = Secrets::default();
        secrets.insert("shop", AppSecrets::from_texts(&texts, &[]).unwrap());
        secrets
    }

    fn token(key: &str, app: &str, user: &str) -> String {
        let claims = Claims { app: app.into(), user: user.into(), exp: 1000 };
        mint(&Secret::new(&key.repeat(32)).unwrap(), &claims)
    }

    #[test]
    fn a_good_token_tells_who_it_is() {
        let found = verify(&token("a", "shop", "用户"), &secrets(&["a"]), 999).unwrap();
        assert_eq!((found.app.as_str(), found.user.as_str()), ("shop", "用户"));
        assert_eq!(verify(&token("b", "shop", ""), &secrets(&["a", "b"]), 999).unwrap().user, "", "the older key");
    }

    #[test]
    fn bad_tokens_are_told_apart() {
        let secrets = secrets(&["a"]);
        let good = token("a", "shop", "u");
        assert_eq!(verify(&good, &secrets, 1000), Err(Refused::Expired));
        assert_eq!(verify(&token("b", "shop", "u"), &secrets, 0), Err(Refused::Forged));
        assert_eq!(verify(&token("a", "other", "u"), &secrets, 0), Err(Refused::Forged));
        let other = token("a", "shop", "v");
        let mixed = format!("{}.{}", good.rsplit_once('.').unwrap().0, other.rsplit_once('.').unwrap().1);
        assert_eq!(verify(&mixed, &secrets, 0), Err(Refused::Forged));
        let long = "x".repeat(TOKEN_BYTES_MAX + 1);
        for text in ["", "h1", "h1.", "h1.e30.", "h2.e30.AA", "a.b.c", "h1.!.AA", &long, &token("a", "shop", "a\nb")] {
            assert_eq!(verify(text, &secrets, 0), Err(Refused::Malformed), "{text}");
        }
    }

    #[test]
    fn every_changed_letter_is_noticed() {
        let (secrets, good) = (secrets(&["a"]), token("a", "shop", "u"));
        for at in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let bad = String::from_utf8(bytes).unwrap();
            assert!(bad == good || verify(&bad, &secrets, 0).is_err(), "{bad}");
        }
    }
}
