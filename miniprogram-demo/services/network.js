// Requests to the shop's server, and the offline switch of the laboratory page.
const config = require('../config');
const clock = require('./clock');

const TIMEOUT_MS = 8000;
let offline = false;
const listeners = [];

/** Whether the offline switch is on. */
const isOffline = () => offline;

/** Turns the offline switch, and tells whoever listens. */
function setOffline(on) {
  offline = on;
  listeners.forEach((listener) => listener(!on));
}

/** Calls `listener(online)` whenever the switch is turned; call the result to stop. */
function onSwitch(listener) {
  listeners.push(listener);
  return () => listeners.splice(listeners.indexOf(listener), 1);
}

/** Tells the demo collector how far the laboratory moved the clock on, so that days pass there too. */
const clockHeader = () => (clock.aheadMs() > 0 ? { 'X-Huitou-Demo-Ahead-Ms': String(clock.aheadMs()) } : {});

function failure(message, status) {
  return Object.assign(new Error(message), { status: status || 0 });
}

/** POSTs JSON to the shop's server and resolves with its JSON answer; anything but 2xx rejects with `status`. */
function post(path, data, token) {
  if (offline) return Promise.reject(failure('网络已断开'));
  return new Promise((resolve, reject) => {
    wx.request({
      url: config.collector() + path,
      method: 'POST',
      data,
      header: Object.assign({ 'content-type': 'application/json' }, clockHeader(), token ? { Authorization: `Bearer ${token}` } : {}),
      timeout: TIMEOUT_MS,
      success: (res) => (res.statusCode >= 200 && res.statusCode < 300 ? resolve(res.data) : reject(failure('服务暂时不可用', res.statusCode))),
      fail: () => reject(failure('网络不给力，请稍后再试')),
    });
  });
}

/** GETs from the shop's server: {status, data, header} of whatever it answers; rejects when there is no answer. */
function get(path, headers) {
  if (offline) return Promise.reject(failure('网络已断开'));
  return new Promise((resolve, reject) => {
    wx.request({
      url: config.collector() + path,
      header: Object.assign(clockHeader(), headers),
      timeout: TIMEOUT_MS,
      success: ({ statusCode, data, header }) => resolve({ status: statusCode, data, header }),
      fail: () => reject(failure('网络不给力，请稍后再试')),
    });
  });
}

module.exports = { clockHeader, get, isOffline, onSwitch, post, setOffline };
