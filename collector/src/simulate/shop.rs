//! The collector that a simulation talks to: the whole of it but the network, over a database of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::request::Builder;
use axum::http::{header, Request};
use axum::Router;
use http_body_util::{BodyExt, Full};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::{json, Value};
use tokio::runtime::Runtime;

use crate::catalogues::Catalogues;
use crate::clock::now_ms;
use crate::delivery::courier::{Courier, Couriers};
use crate::delivery::guide::Guide;
use crate::delivery::worker::Worker;
use crate::delivery::{Action, Attempt};
use crate::error::Failure;
use crate::http::{Cors, Viewers};
use crate::intake::DayWindow;
use crate::metrics::Metrics;
use crate::programs::Served;
use crate::secret::{AppSecrets, Secrets};
use crate::server::{self, Rate, Settings};
use crate::storage::{Durability, Sqlite, Storage};
use crate::token::{mint, Claims};
use crate::writer::{self, Limits};

/// Any key does: nobody is listening.
const KEY: &str = "a key of the simulation, of no use elsewhere";
const ANY_DAYS: i32 = 40_000;

/// Hands everything over, and keeps it for the one whom it is about.
#[derive(Debug, Default)]
struct Mailbox(Mutex<BTreeMap<String, Vec<(i64, Action)>>>);

impl Courier for Mailbox {
    fn deliver(&self, action: &Action, _guide: &Guide, now_ms: i64) -> Attempt {
        let mut boxes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        boxes.entry(action.user.clone()).or_default().push((now_ms, action.clone()));
        Attempt::Sent
    }

    fn is_repeatable(&self) -> bool {
        true
    }
}

/// The shop's backend.
pub(super) struct Shop {
    router: Router,
    worker: Arc<Worker<dyn Storage>>,
    mailbox: Arc<Mailbox>,
    secrets: Secrets,
    app: String,
    runtime: Runtime,
}

impl Shop {
    /// Opens it over a new database.
    pub(super) fn open(db: &Path, program: Served) -> Result<Shop, Failure> {
        let storage = Arc::new(Sqlite::open(db, Durability::ProcessEnd)?);
        let metrics = Arc::new(Metrics::default());
        let limits = Limits { queue: 1024, batch: 256 };
        let io = |e: std::io::Error| Failure::new(e.to_string());
        let (queue, _) = writer::start(storage.clone(), limits, metrics.clone()).map_err(io)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(io)?;
        let (mailbox, app) = (Arc::new(Mailbox::default()), program.app.clone());
        let mut secrets = Secrets::default();
        secrets.insert(&app, AppSecrets::from_texts(&[KEY.to_owned()], &[KEY.to_owned()])?);
        let couriers = Couriers { messages: Some(mailbox.clone()), gifts: Some(mailbox.clone()) };
        let settings = settings((db, program), secrets.clone(), couriers)?;
        let (router, worker) = server::router(settings, storage, queue, metrics)?;
        Ok(Shop { router, worker, mailbox, secrets, app, runtime })
    }

    pub(super) fn token(&self, user: &str) -> Result<String, Failure> {
        let key = self.secrets.of(&self.app).and_then(|keys| keys.token.first());
        let key = key.ok_or_else(|| Failure::new("no key"))?;
        let exp = now_ms() / 1000 + 7 * 86_400;
        Ok(mint(key, &Claims { app: self.app.clone(), user: user.to_owned(), exp }))
    }

    /// An upload at a moment of the simulation.
    pub(super) fn sync(&self, token: &str, body: Vec<u8>, at_ms: i64) -> Result<(u16, String), Failure> {
        let request = Request::post("/v1/sync")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/vnd.huitou.v1");
        self.ask(request, body, at_ms)
    }

    /// Money has come in.
    pub(super) fn paid(&self, user: &str, (order_id, paid_fen): (&str, i64), at_ms: i64) -> Result<(), Failure> {
        let body = json!({ "user": user, "order_id": order_id, "paid_fen": paid_fen, "at": at_ms });
        let (status, text) = self.ask(Request::post("/demo/pay"), body.to_string().into_bytes(), at_ms)?;
        if status == 200 {
            Ok(())
        } else {
            Err(Failure::new(format!("an order was answered with {status}: {text}")))
        }
    }

    /// Any request at a moment of the simulation: its status and its text.
    pub(super) fn ask(&self, request: Builder, body: Vec<u8>, at_ms: i64) -> Result<(u16, String), Failure> {
        let failed = |e: &dyn std::fmt::Display| Failure::new(format!("request: {e}"));
        let ahead = (at_ms - now_ms()).to_string();
        let request = request.header("X-Huitou-Demo-Ahead-Ms", ahead).body(Full::new(Bytes::from(body)));
        let request = request.map_err(|e| failed(&e))?;
        let service = TowerToHyperService::new(self.router.clone());
        self.runtime.block_on(async {
            let response = service.call(request).await.map_err(|e| failed(&e))?;
            let status = response.status().as_u16();
            let body: Body = response.into_body();
            let bytes = body.collect().await.map_err(|e| failed(&e))?.to_bytes();
            Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
        })
    }

    /// Has done what is due of somebody, and gives what she got.
    pub(super) fn deliver(&self, user: &str, at_ms: i64) -> Vec<(i64, Action)> {
        self.runtime.block_on(self.worker.run_for((&self.app, user), at_ms));
        self.collect(user)
    }

    /// What she got since the last look.
    pub(super) fn collect(&self, user: &str) -> Vec<(i64, Action)> {
        let mut boxes = self.mailbox.0.lock().unwrap_or_else(PoisonError::into_inner);
        boxes.remove(user).unwrap_or_default()
    }
}

fn settings((db, program): (&Path, Served), secrets: Secrets, couriers: Couriers) -> Result<Settings, Failure> {
    let listen = "127.0.0.1:0".parse().map_err(|_| Failure::new("no address"))?;
    Ok(Settings {
        listen,
        db: db.to_owned(),
        durability: Durability::ProcessEnd,
        programs: vec![program],
        catalogues: Catalogues::default(),
        secrets,
        cors: Cors { origins: Vec::new(), loopback: false },
        demo: true,
        viewers: Viewers::Nobody,
        window: DayWindow { back: ANY_DAYS, ahead: ANY_DAYS },
        offline_days: 3,
        couriers,
        actions_per_second: 0,
        limits: Limits { queue: 1024, batch: 256 },
        rate: Rate { per_minute: 0, burst: 0 },
        connections: 1,
    })
}

/// The actions of a `plan` that a backend does, in the order of their moments.
pub(super) fn due_moments(plan: &Value) -> Vec<i64> {
    let is_remote = |item: &&Value| {
        let kind = item.get("kind").and_then(Value::as_str).unwrap_or_default();
        ["message", "coupon", "points"].contains(&kind)
    };
    let items = plan.as_array().into_iter().flatten().filter(is_remote);
    let mut moments: Vec<i64> = items.filter_map(|item| item.get("at").and_then(Value::as_i64)).collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}
