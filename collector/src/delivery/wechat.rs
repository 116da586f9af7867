//! Sends WeChat's subscription messages: `subscribeMessage.send`.
//!
//! The user's id has to be her openid. WeChat does not know repetitions, so what may have arrived is never sent again.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use serde_json::{json, Map, Value};

use super::courier::{check_url, Answer, Courier, Sender, Silence};
use super::guide::Guide;
use super::{Action, Attempt};
use crate::clock;
use crate::error::Failure;

/// Where WeChat answers.
pub const WECHAT_URL: &str = "https://api.weixin.qq.com";
/// A token is asked for again so long before its end.
const SPARE_S: i64 = 300;

/// What WeChat knows an app by.
#[derive(Clone)]
pub struct Account {
    /// AppID.
    pub appid: String,
    /// AppSecret.
    pub secret: String,
    /// `formal`, `trial` or `developer`: which version of the mini-program a message opens.
    pub state: String,
}

impl Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({})", self.appid)
    }
}

/// Where access tokens come from. A merchant whose servers share one has a source of his own.
pub trait TokenSource: Debug + Send + Sync {
    /// The token of an app; `is_stale`: WeChat has just refused the last one.
    fn token(&self, app: &str, is_stale: bool) -> Result<String, String>;
}

/// Asks WeChat itself (`stable_token`, which leaves other servers' tokens alone), and keeps what it got.
#[derive(Debug)]
pub struct StableTokens {
    url: String,
    accounts: BTreeMap<String, Account>,
    sender: Sender,
    held: Mutex<BTreeMap<String, (String, i64)>>,
}

impl StableTokens {
    /// For the apps of those accounts.
    pub fn new(url: &str, accounts: BTreeMap<String, Account>) -> Result<StableTokens, Failure> {
        check_url(url).map_err(|failure| Failure::new(format!("--wechat-url: {failure}")))?;
        Ok(StableTokens { url: url.to_owned(), accounts, sender: Sender::new(), held: Mutex::default() })
    }

    fn ask(&self, account: &Account) -> Result<(String, i64), String> {
        let body = json!({
            "grant_type": "client_credential", "appid": account.appid, "secret": account.secret, "force_refresh": false,
        });
        let url = format!("{}/cgi-bin/stable_token", self.url);
        let answer = self.sender.post(&url, &[("Content-Type", "application/json")], body.to_string().as_bytes());
        let answer = answer.map_err(|silence| match silence {
            Silence::Unsent(why) | Silence::Unknown(why) => format!("asking for a token: {why}"),
        })?;
        let told: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        let token = told.get("access_token").and_then(Value::as_str);
        let seconds = told.get("expires_in").and_then(Value::as_i64).unwrap_or(0);
        match token {
            Some(token) => Ok((token.to_owned(), clock::now_ms() / 1000 + seconds - SPARE_S)),
            None => Err(format!("no token: {}", code(&told))),
        }
    }
}

impl TokenSource for StableTokens {
    fn token(&self, app: &str, is_stale: bool) -> Result<String, String> {
        let account = self.accounts.get(app).ok_or("this app has no WeChat account here")?;
        // Held while asking: one question, however many messages wait for its answer.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, until_s)) = held.get(app).filter(|_| !is_stale) {
            if *until_s > clock::now_ms() / 1000 {
                return Ok(token.clone());
            }
        }
        let (token, until_s) = self.ask(account)?;
        held.insert(app.to_owned(), (token.clone(), until_s));
        Ok(token)
    }
}

/// WeChat's server.
#[derive(Debug)]
pub struct Wechat {
    url: String,
    accounts: BTreeMap<String, Account>,
    tokens: Box<dyn TokenSource>,
    sender: Sender,
}

impl Wechat {
    /// Sends for the apps of those accounts.
    pub fn new(
        url: &str,
        accounts: BTreeMap<String, Account>,
        tokens: Box<dyn TokenSource>,
    ) -> Result<Wechat, Failure> {
        check_url(url).map_err(|failure| Failure::new(format!("--wechat-url: {failure}")))?;
        Ok(Wechat { url: url.to_owned(), accounts, tokens, sender: Sender::new() })
    }

    fn send(&self, action: &Action, guide: &Guide, (now_ms, is_stale): (i64, bool)) -> Attempt {
        let Some(account) = self.accounts.get(&action.app) else {
            return Attempt::Broken("this app has no WeChat account here".to_owned());
        };
        let token = match self.tokens.token(&action.app, is_stale) {
            Ok(token) => token,
            Err(why) => return Attempt::Again(None, why),
        };
        let url = format!("{}/cgi-bin/message/subscribe/send?access_token={token}", self.url);
        let body = body(action, guide, (account, now_ms)).to_string();
        match self.sender.post(&url, &[("Content-Type", "application/json")], body.as_bytes()) {
            Ok(answer) => attempt(&answer),
            Err(Silence::Unsent(why)) => Attempt::Again(None, why),
            Err(Silence::Unknown(why)) => Attempt::Unknown(why),
        }
    }
}

impl Courier for Wechat {
    fn deliver(&self, action: &Action, guide: &Guide, now_ms: i64) -> Attempt {
        match self.send(action, guide, (now_ms, false)) {
            Attempt::Again(Some(0), _) => match self.send(action, guide, (now_ms, true)) {
                Attempt::Again(Some(0), why) => Attempt::Again(None, why),
                other => other,
            },
            other => other,
        }
    }

    fn is_repeatable(&self) -> bool {
        false
    }
}

/// The fields of the template come from the action's `data.fields`; `data.page` is what a tap opens.
fn body(action: &Action, guide: &Guide, (account, now_ms): (&Account, i64)) -> Value {
    let deed = guide.deed(&action.journey, action.step, action.variation);
    let data: Value = deed.and_then(|deed| serde_json::from_str(&deed.data.to_json()).ok()).unwrap_or_default();
    let mut day = String::new();
    guide.day(now_ms, huitou::clock::OffsetMin::new(crate::ledger::wish::OFFSET_MIN)).write(&mut day);
    let fill = |text: &str| text.replace("{date}", &day).replace("{key}", &action.key);
    let fields = data.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
    let fields: Map<String, Value> = fields
        .into_iter()
        .map(|(name, value)| (name, json!({ "value": fill(value.as_str().unwrap_or_default()) })))
        .collect();
    let mut body = json!({
        "touser": action.user, "template_id": action.reference, "data": fields,
        "miniprogram_state": account.state, "lang": "zh_CN",
    });
    if let (Some(page), Some(body)) = (data.get("page").and_then(Value::as_str), body.as_object_mut()) {
        body.insert("page".to_owned(), page.into());
    }
    body
}

/// `Again(Some(0))`: with another token at once.
fn attempt(answer: &Answer) -> Attempt {
    if answer.status >= 500 {
        return Attempt::Unknown(format!("WeChat answered {}", answer.status));
    }
    let told: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let why = code(&told);
    match told.get("errcode").and_then(Value::as_i64) {
        Some(0) => Attempt::Sent,
        Some(40001 | 40014 | 42001) => Attempt::Again(Some(0), why),
        Some(43101) => Attempt::NoQuota(why),
        Some(40003) => Attempt::Refused(why),
        Some(-1) => Attempt::Again(None, why),
        // The day's calls are used up.
        Some(45009) => Attempt::Again(Some(3600), why),
        Some(_) => Attempt::Broken(why),
        None => Attempt::Unknown("no answer that WeChat would give".to_owned()),
    }
}

/// The words may hold what was asked; the number says enough.
fn code(told: &Value) -> String {
    let code = told.get("errcode").and_then(Value::as_i64);
    code.map_or_else(|| "not an answer of WeChat".to_owned(), |code| format!("WeChat's error {code}"))
}
