// Sends wx.request on behalf of the page. A mini-program knows no same-origin policy, a browser does.
// Only the simulator's own pages can use it: the header that names the target can't be sent across origins.
import http from 'node:http';
import https from 'node:https';

const encode = (value) => encodeURIComponent(JSON.stringify(value));
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

/** Forwards one request; the answer's status and headers come back in `x-simulator-*`. */
export function relay(request, response) {
  const outgoing = request.method === 'POST' ? start(request.headers) : null;
  if (!outgoing) {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('not a request of the simulator');
    return;
  }
  outgoing.on('response', (answer) => {
    response.writeHead(200, {
      'content-type': 'application/octet-stream', 'x-simulator-status': answer.statusCode, 'x-simulator-header': encode(answerHeader(answer)),
    });
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  outgoing.on('error', (error) => fail(response, error));
  response.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
}

/** Begins the request that the headers describe; null when they describe none. */
function start(headers) {
  try {
    const url = new URL(headers['x-simulator-url']);
    const asked = JSON.parse(decodeURIComponent(headers['x-simulator-header']));
    const header = Object.fromEntries(Object.entries(asked).filter(([name]) => !HOP_BY_HOP.has(name)));
    if (headers['content-length']) header['content-length'] = headers['content-length'];
    const client = { 'http:': http, 'https:': https }[url.protocol];
    return client.request(url, { method: headers['x-simulator-method'], headers: header });
  } catch {
    return null;
  }
}

function answerHeader({ rawHeaders }) {
  const header = {};
  for (let index = 0; index < rawHeaders.length; index += 2) header[rawHeaders[index]] = rawHeaders[index + 1];
  return header;
}

/** No `x-simulator-status`: there was no answer, and the text says why. */
function fail(response, error) {
  if (response.headersSent) response.destroy();
  else response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(error.code ?? error.message);
}
