//! Puts the parts together, accepts connections, and ends in order.

use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{watch, OwnedSemaphorePermit, Semaphore};

use crate::catalogues::Catalogues;
use crate::delivery::courier::Couriers;
use crate::delivery::worker::Worker;
use crate::error::Failure;
use crate::http::{self, App, Cors, Viewers};
use crate::intake::DayWindow;
use crate::limit::Limiter;
use crate::metrics::Metrics;
use crate::programs::{Programs, Served};
use crate::secret::Secrets;
use crate::storage::{Durability, Job, Sqlite, Storage};
use crate::writer::{self, Limits};

/// How long a connection may take to send the head of a request, and may stay idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long open requests may take to finish when the program is asked to end.
const DRAIN: Duration = Duration::from_secs(10);
/// Slots of each limiter, 8 bytes each: dozens of users who send once a minute fit one slot before its rate is felt.
const LIMITER_SLOTS: usize = 1 << 16;

/// Uploads that one user, or one device, may make.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// In the long run; 0 is no limit.
    pub per_minute: u32,
    /// At once.
    pub burst: u32,
}

/// Everything that a person may choose.
#[derive(Debug)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The database file.
    pub db: PathBuf,
    /// What a commit survives.
    pub durability: Durability,
    /// Programs to serve.
    pub programs: Vec<Served>,
    /// Catalogues to serve.
    pub catalogues: Catalogues,
    /// Keys of the apps.
    pub secrets: Secrets,
    /// Web pages that may call.
    pub cors: Cors,
    /// With the stand-ins for a merchant's own servers.
    pub demo: bool,
    /// Who may look at the pages.
    pub viewers: Viewers,
    /// Days that are believed.
    pub window: DayWindow,
    /// How many dates before its last receipt a phone's claims may lie.
    pub offline_days: i64,
    /// Where what plans ask for is sent.
    pub couriers: Couriers,
    /// The most actions of an app in a second; 0: no limit.
    pub actions_per_second: usize,
    /// The writer's queue.
    pub limits: Limits,
    /// For each user, and for each device.
    pub rate: Rate,
    /// Connections at a time.
    pub connections: usize,
}

/// Runs until `stop`, then finishes what was begun.
pub fn run(settings: Settings, stop: impl Future<Output = ()>) -> Result<(), Failure> {
    let storage = Arc::new(Sqlite::open(&settings.db, settings.durability)?);
    let metrics = Arc::new(Metrics::default());
    let unsettled = storage.recover()?;
    if unsettled > 0 {
        tracing::warn!(unsettled, "the process ended while these were being sent");
    }
    let (queue, writer) = writer::start(storage.clone(), settings.limits, metrics.clone())
        .map_err(|e| Failure::new(format!("could not start the writer: {e}")))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(format!("could not start the runtime: {e}")))?;
    let (listen, connections) = (settings.listen, settings.connections);
    let writer_ended = queue.clone();
    let (router, worker) = router(settings, storage.clone(), queue, metrics.clone())?;
    let ended = runtime.block_on(async {
        let listener = bind(listen).await?;
        let (ending, ended) = watch::channel(false);
        let worker = tokio::spawn(worker.run(ended));
        let stop = async {
            tokio::select! { () = stop => true, () = writer_ended.closed() => false }
        };
        let stopped =
            Acceptor { listener, router, metrics, room: Arc::new(Semaphore::new(connections)) }.run(stop).await;
        let _ = ending.send(true);
        if tokio::time::timeout(DRAIN, worker).await.is_err() {
            tracing::warn!("some deliveries did not finish in time");
        }
        Ok(stopped)
    });
    drop(writer_ended);
    // Ends requests that did not finish in time, and with them the last way to the writer.
    runtime.shutdown_timeout(Duration::from_secs(1));
    let written = writer.join();
    storage.checkpoint()?;
    match (ended, written) {
        (Ok(true), Ok(())) => Ok(()),
        (Err(failure), _) => Err(failure),
        _ => Err(Failure::new("the writer ended unexpectedly; see the log")),
    }
}

/// Puts the parts together, without a network.
pub(crate) fn router(
    settings: Settings,
    storage: Arc<dyn Storage>,
    queue: writer::Queue,
    metrics: Arc<Metrics>,
) -> Result<(Router, Arc<Worker<dyn Storage>>), Failure> {
    let jobs: Vec<Job> = settings.programs.iter().map(|program| Job::Program(program.job())).collect();
    storage.commit(&jobs)?;
    for program in &settings.programs {
        tracing::info!(app = program.app, "{}", program.worst_case());
    }
    let programs = Programs::load(settings.programs, &*storage)?;
    let guides = programs.guides();
    let worker = Arc::new(Worker {
        storage: storage.clone(),
        queue: queue.clone(),
        metrics: metrics.clone(),
        guides,
        couriers: settings.couriers,
        per_second: settings.actions_per_second,
    });
    let limiter = || Limiter::new(LIMITER_SLOTS, settings.rate.per_minute, settings.rate.burst);
    let app = App {
        storage,
        queue,
        programs,
        catalogues: settings.catalogues,
        secrets: settings.secrets,
        user_limit: limiter(),
        device_limit: limiter(),
        window: settings.window,
        offline_days: settings.offline_days,
        demo: settings.demo,
        metrics,
        worker: worker.clone(),
        viewers: settings.viewers,
        overviews: http::Cache::new(http::Kind::Overview),
        experiments: http::Cache::new(http::Kind::Experiments),
        insights: http::Cache::new(http::Kind::Insight),
        journeys: http::Cache::new(http::Kind::Journeys),
        queries: App::queries(),
    };
    Ok((http::router(Arc::new(app), &settings.cors), worker))
}

/// Binds, and says where on standard output: whoever started the program with port 0 needs to know.
async fn bind(listen: SocketAddr) -> Result<TcpListener, Failure> {
    let busy = |e: std::io::Error| Failure::new(format!("could not listen on {listen}: {e}; choose another --listen"));
    let listener = TcpListener::bind(listen).await.map_err(busy)?;
    let address = listener.local_addr().map_err(busy)?;
    let mut out = std::io::stdout();
    // Nobody may be reading; that is no reason to end.
    let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());
    tracing::info!(%address, "listening");
    Ok(listener)
}

struct Acceptor {
    listener: TcpListener,
    router: Router,
    metrics: Arc<Metrics>,
    room: Arc<Semaphore>,
}

impl Acceptor {
    /// Accepts until `stop` gives its value, then waits for open requests.
    async fn run<T>(self, stop: impl Future<Output = T>) -> T {
        let graceful = GracefulShutdown::new();
        let mut stop = pin!(stop);
        let stopped = loop {
            tokio::select! {
                accepted = self.accept() => {
                    if let Some((stream, permit)) = accepted {
                        self.serve(stream, permit, &graceful);
                    }
                }
                stopped = &mut stop => break stopped,
            }
        };
        tracing::info!("ending");
        drop(self);
        if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
        stopped
    }

    /// Waits for room first, so that the rest waits in the system's queue.
    async fn accept(&self) -> Option<(TcpStream, OwnedSemaphorePermit)> {
        let permit = self.room.clone().acquire_owned().await.ok()?;
        match self.listener.accept().await {
            Ok((stream, _)) => Some((stream, permit)),
            Err(error) => {
                // Out of file descriptors, or a connection that ended at once: neither gets better by hurrying.
                tracing::warn!(%error, "could not accept");
                tokio::time::sleep(Duration::from_millis(50)).await;
                None
            }
        }
    }

    fn serve(&self, stream: TcpStream, permit: OwnedSemaphorePermit, graceful: &GracefulShutdown) {
        // Answers are small and complete: waiting to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(self.router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(64 * 1024)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        let metrics = self.metrics.clone();
        metrics.connections.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection");
            }
            metrics.connections.fetch_sub(1, Ordering::Relaxed);
            drop(permit);
        });
    }
}
