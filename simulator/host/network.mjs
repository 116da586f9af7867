// wx.request through the relay of serve.mjs: a mini-program knows no same-origin policy, a browser does.

const RELAY = '/simulator/request';
const TIMEOUT_MS = 60000; // WeChat's default
const BACKGROUND_MS = 5000; // a request may run this long after the app went to the background

/** The phone's network. */
export class Network {
  /** @param {import('./gate.mjs').Gate} gate @param {boolean} offline */
  constructor(gate, offline) {
    this.gate = gate;
    this.offline = offline;
    this.listeners = new Set();
    this.running = new Set();
  }

  /** 'none' or 'wifi'. */
  get type() {
    return this.offline ? 'none' : 'wifi';
  }

  /** Cuts or restores the network; what is under way fails. */
  setOffline(offline) {
    if (offline === this.offline) return;
    this.offline = offline;
    if (offline) this.#failAll('net::ERR_INTERNET_DISCONNECTED');
    for (const listener of this.listeners) {
      this.gate.run(() => listener({ isConnected: !offline, networkType: this.type }));
    }
  }

  /** The app went to the background: requests get a few more seconds. */
  enterBackground() {
    this.backgroundTimer = setTimeout(() => this.#failAll('interrupted'), BACKGROUND_MS);
  }

  /** The app is back. */
  enterForeground() {
    clearTimeout(this.backgroundTimer);
  }

  #failAll(reason) {
    for (const controller of this.running) controller.abort(reason);
  }

  /** `wx.request`. */
  request(options) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort('timeout'), options.timeout ?? TIMEOUT_MS);
    this.running.add(controller);
    this.#send(options, controller.signal)
      .then((answer) => ({ callback: options.success, answer }))
      .catch((reason) => ({ callback: options.fail, answer: { errMsg: `request:fail ${reason?.message ?? reason}`, errno: 600001 } }))
      .then(({ callback, answer }) => {
        clearTimeout(timer);
        this.running.delete(controller);
        this.gate.run(() => { callback?.(answer); options.complete?.(answer); });
      }).catch((error) => reportError(error));
    const ignore = () => {};
    return { abort: () => controller.abort('abort'), onHeadersReceived: ignore, offHeadersReceived: ignore };
  }

  async #send(options, signal) {
    if (!/^https?:\/\//.test(options.url)) throw new Error(`invalid url "${options.url}"`);
    if (this.offline) throw new Error('net::ERR_INTERNET_DISCONNECTED');
    const { url, method, header, body } = encodeRequest(options);
    const response = await fetch(RELAY, {
      method: 'POST',
      signal,
      body,
      headers: { 'x-simulator-url': url, 'x-simulator-method': method, 'x-simulator-header': encodeURIComponent(JSON.stringify(header)) },
    });
    if (!response.headers.has('x-simulator-status')) throw new Error(await response.text());
    return {
      data: await decodeBody(response, options),
      statusCode: Number(response.headers.get('x-simulator-status')),
      header: JSON.parse(decodeURIComponent(response.headers.get('x-simulator-header'))),
      cookies: [],
      errMsg: 'request:ok',
    };
  }
}

/** Turns the options of wx.request into what goes over the wire. */
export function encodeRequest({ url, data, header = {}, method = 'GET' }) {
  const sent = { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(header)) sent[name.toLowerCase()] = String(value);
  if (method === 'GET' || data === undefined) return { url: withQuery(url, data), method, header: sent };
  return { url, method, header: sent, body: encodeBody(data, sent['content-type']) };
}

function withQuery(url, data) {
  const query = data === undefined || typeof data === 'string' ? data : new URLSearchParams(data).toString();
  if (!query) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

function encodeBody(data, contentType) {
  if (ArrayBuffer.isView(data)) throw new Error('parameter error: data should be a string, an object or an ArrayBuffer, not a view');
  if (typeof data === 'string' || data instanceof ArrayBuffer) return data;
  return contentType.includes('urlencoded') ? new URLSearchParams(data).toString() : JSON.stringify(data);
}

async function decodeBody(response, { responseType = 'text', dataType = 'json' }) {
  if (responseType === 'arraybuffer') return response.arrayBuffer();
  const text = await response.text();
  if (dataType !== 'json') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // WeChat hands over the text when it is not JSON
  }
}

/** The network part of `wx`. */
export function networkApi(phone, asynchronous) {
  const { network } = phone;
  return {
    request: (options) => network.request(options),
    getNetworkType: asynchronous(phone, 'getNetworkType', () => ({ networkType: network.type, isConnected: !network.offline })),
    onNetworkStatusChange: (listener) => { network.listeners.add(listener); },
    offNetworkStatusChange: (listener) => { if (listener) network.listeners.delete(listener); else network.listeners.clear(); },
  };
}
