//! A server that is told things: a merchant's webhook, or WeChat, as scripted.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use huitou_collector::clock::Stopwatch;
use serde_json::Value;

/// What came in.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Heard {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        let name = format!("{}:", name.to_lowercase());
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&name)).unwrap_or_default();
        line.get(name.len()..).unwrap_or_default().trim().to_owned()
    }
}

/// Status and body, by what came in; `None`: the connection breaks without an answer.
type Script = dyn Fn(&Heard) -> Option<(u16, String)> + Send + Sync;

/// Listens until the end of the test program.
pub(crate) struct Receiver {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Receiver {
    pub(crate) fn start(script: impl Fn(&Heard) -> Option<(u16, String)> + Send + Sync + 'static) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (kept, script): (_, Arc<Script>) = (heard.clone(), Arc::new(script));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, script) = (kept.clone(), script.clone());
                thread::spawn(move || talk(stream, &kept, &*script));
            }
        });
        Receiver { url, heard }
    }

    pub(crate) fn agreeable() -> Receiver {
        Receiver::start(|_| Some((200, String::new())))
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Waits until so many requests came in.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Heard> {
        let start = Stopwatch::start();
        while self.heard().len() < count {
            assert!(start.elapsed() < Duration::from_secs(20), "{} of {count} requests came in", self.heard().len());
            thread::sleep(Duration::from_millis(20));
        }
        self.heard()
    }
}

fn talk(mut stream: TcpStream, kept: &Mutex<Vec<Heard>>, script: &Script) -> Option<()> {
    loop {
        let heard = read(&mut stream)?;
        kept.lock().unwrap().push(heard.clone());
        let (status, text) = script(&heard)?;
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", text.len());
        stream.write_all((head + &text).as_bytes()).ok()?;
    }
}

fn read(stream: &mut TcpStream) -> Option<Heard> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.to_lowercase().split("content-length:").nth(1)?.lines().next()?.trim().parse().ok()?;
            let body = bytes.get(head.len() + 4..)?;
            if body.len() >= length {
                let path = head.split(' ').nth(1)?.to_owned();
                let text = String::from_utf8_lossy(body).into_owned();
                return Some(Heard { path, head: head.to_owned(), text });
            }
        }
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend(buffer.get(..count)?);
    }
}
