// A loopback server: the built files, and a relay for wx.request.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { relay } from './relay.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.gif': 'image/gif',
  '.webp': 'image/webp', '.woff': 'font/woff', '.woff2': 'font/woff2', '.ttf': 'font/ttf', '.txt': 'text/plain; charset=utf-8',
};
// No eval and no `new Function` for the app, as in WeChat; wasm is compiled by the host.
const POLICY = "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";

/** Headers of a file. A `.wasm.br` is inflated by the browser, as WeChat does. */
export function headersOf(file) {
  const isBrotli = file.endsWith('.wasm.br');
  const type = isBrotli ? TYPES['.wasm'] : TYPES[path.extname(file)] ?? 'application/octet-stream';
  return {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(isBrotli && { 'content-encoding': 'br' }),
    ...(type.startsWith('text/html') && { 'content-security-policy': POLICY }),
  };
}

/** The file that a request means, or null when there is none under `root`. */
export function fileFor(root, url) {
  let name;
  try {
    name = decodeURIComponent(url.split('?')[0]);
  } catch {
    return null;
  }
  const file = path.join(root, name.endsWith('/') ? `${name}index.html` : name);
  const isInside = file.startsWith(path.join(root, path.sep));
  return isInside && fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
}

/** Another site's page must not reach this server under a name of its own. */
function isLocal(request) {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '');
}

/** A server for the built folder `out`; not listening yet. */
export function createSimulatorServer(out) {
  const root = path.resolve(out);
  if (!fs.existsSync(path.join(root, 'index.html'))) throw new Error(`${out} is not a built mini-program: run simulator/build.mjs first`);
  return http.createServer((request, response) => {
    if (!isLocal(request)) response.writeHead(403).end('only for this computer');
    else if (request.url === '/simulator/request') relay(request, response);
    else serveFile(root, request, response);
  });
}

function serveFile(root, request, response) {
  const file = fileFor(root, request.url);
  if (!file || !['GET', 'HEAD'].includes(request.method)) {
    response.writeHead(file ? 405 : 404, { 'content-type': 'text/plain' }).end(file ? 'only GET' : 'not found');
    return;
  }
  response.writeHead(200, headersOf(file));
  fs.createReadStream(file).pipe(response);
}

/**
 * Listens on 127.0.0.1.
 * @returns {Promise<string>} the address; port 0 takes a free one
 */
export function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Error(explain(error, port))));
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}/`));
  });
}

function explain(error, port) {
  return error.code === 'EADDRINUSE' ? `port ${port} is busy: choose another one with --port` : `cannot listen on port ${port}: ${error.message}`;
}
