//! The optional proof that a body comes from the openid it names: an HMAC with the key that WeChat gives the
//! mini-program for this user, and the merchant's server to us. It says "this openid, lately" and nothing about
//! whether what is claimed is true: whoever owns the phone owns the key.

use axum::http::{HeaderMap, StatusCode};

use super::{text, Shared};
use crate::clock;
use crate::refusal::Refusal;
use crate::secret::{from_hex, MacRule, Secret};
use crate::token::Claims;

/// Checks `X-Huitou-Mac: <version>.<hex HMAC-SHA256(user key, body)>`, if there is one or has to be.
pub(super) async fn check(app: &Shared, headers: &HeaderMap, claims: &Claims, body: &[u8]) -> Result<(), Refusal> {
    let rule = app.secrets.of(&claims.app).map(|keys| keys.mac).unwrap_or_default();
    let given = text(headers, "X-Huitou-Mac");
    let Some(given) = given.filter(|_| rule != MacRule::Off && !claims.user.is_empty()) else {
        let may_lack = rule != MacRule::Required || claims.user.is_empty();
        return if may_lack { Ok(()) } else { refuse("mac_missing", "X-Huitou-Mac is required here") };
    };
    let Some((version, mac)) = parse(given) else {
        return refuse("mac_bad", "X-Huitou-Mac is <version>.<hex HMAC-SHA256 of the body>");
    };
    let (name, user) = (claims.app.clone(), claims.user.clone());
    let key = app.query(move |storage| storage.user_key(&name, &user, version)).await?;
    let live = key.filter(|(_, expires_at_ms)| clock::now_ms() < *expires_at_ms);
    match live.map(|(key, _)| Secret::of_user(key)) {
        Some(key) if key.verify(&[body], &mac) => Ok(()),
        Some(_) => refuse("mac_bad", "X-Huitou-Mac does not fit the body"),
        None if rule == MacRule::Required => refuse("mac_unknown", "this version of the user's key is not known here"),
        None => Ok(()),
    }
}

fn parse(given: &str) -> Option<(u32, Vec<u8>)> {
    let (version, mac) = given.split_once('.')?;
    Some((version.parse().ok()?, from_hex(mac)?))
}

fn refuse(code: &'static str, message: &str) -> Result<(), Refusal> {
    Err(Refusal::new(StatusCode::UNAUTHORIZED, code, message))
}
