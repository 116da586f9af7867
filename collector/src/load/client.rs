//! A small HTTP client: one connection, kept open.

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{handshake, SendRequest};
use hyper::{header, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::error::Failure;

/// A collector.
#[derive(Clone, Debug)]
pub(super) struct Target {
    authority: String,
}

impl Target {
    /// Takes `http://host:port`.
    pub(super) fn parse(url: &str) -> Result<Target, Failure> {
        let authority = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        let authority = authority.filter(|rest| !rest.is_empty() && !rest.contains('/'));
        let authority = authority.ok_or_else(|| Failure::new(format!("{url}: expected http://HOST:PORT")))?;
        Ok(Target { authority: authority.to_owned() })
    }

    /// The body of a GET.
    pub(super) async fn get(&self, path: &str) -> Result<String, Failure> {
        let mut client = Client::connect(self).await?;
        client.send(client.request(Method::GET, path, Bytes::new())?).await
    }

    /// A token for the user of that number.
    pub(super) async fn login(&self, number: usize) -> Result<String, Failure> {
        let mut client = Client::connect(self).await?;
        let body = serde_json::json!({ "user": format!("load-{number}") }).to_string();
        let answer = client.send(client.request(Method::POST, "/v1/login", body.into())?).await?;
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
        let token = answer.get("token").and_then(|token| token.as_str());
        Ok(token.ok_or_else(|| Failure::new("no token in the answer to /v1/login; is it --demo?"))?.to_owned())
    }
}

/// One connection.
pub(super) struct Client {
    target: Target,
    sender: SendRequest<Full<Bytes>>,
}

impl Client {
    pub(super) async fn connect(target: &Target) -> Result<Client, Failure> {
        let failed = |e: &dyn std::fmt::Display| Failure::new(format!("{}: {e}", target.authority));
        let stream = TcpStream::connect(&target.authority).await.map_err(|e| failed(&e))?;
        stream.set_nodelay(true).map_err(|e| failed(&e))?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|e| failed(&e))?;
        // Its end shows as an error of the next request.
        tokio::spawn(connection);
        Ok(Client { target: target.clone(), sender })
    }

    /// Sends an upload.
    pub(super) async fn post(&mut self, token: &str, body: Vec<u8>) -> Result<String, Failure> {
        if self.sender.is_closed() {
            *self = Client::connect(&self.target).await?;
        }
        let mut request = self.request(Method::POST, "/v1/sync", body.into())?;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/vnd.huitou.v1"));
        let bearer = format!("Bearer {token}").parse().map_err(|_| Failure::new("the token is no header value"))?;
        headers.insert(header::AUTHORIZATION, bearer);
        self.send(request).await
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Result<Request<Full<Bytes>>, Failure> {
        let request = Request::builder().method(method).uri(path).header(header::HOST, &self.target.authority);
        request.body(Full::new(body)).map_err(|e| Failure::new(e.to_string()))
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<String, Failure> {
        let failed = |e: hyper::Error| Failure::new(format!("request: {e}"));
        self.sender.ready().await.map_err(failed)?;
        let response = self.sender.send_request(request).await.map_err(failed)?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(failed)?.to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        if status != StatusCode::OK {
            return Err(Failure::new(format!("{status}: {body}")));
        }
        Ok(body)
    }
}
