// What wx tells about the phone, the window and the account, and small things of the device.
import { asynchronous } from './answer.mjs';

const SDK_VERSION = '3.8.0';
const WECHAT_VERSION = '8.0.50';
const CAPSULE = { width: 87, height: 32, right: 7, top: 6 };

const cssPixels = (name) => parseFloat(getComputedStyle(document.body).getPropertyValue(name)) || 0;

function deviceInfo() {
  return {
    platform: 'ios', system: 'iOS 17.5', brand: 'iPhone', model: 'iPhone 14<simulator>', abi: 'arm64', benchmarkLevel: -1, memorySize: 6144,
  };
}

function appBaseInfo() {
  return {
    SDKVersion: SDK_VERSION, version: WECHAT_VERSION, language: 'zh_CN', theme: 'light', enableDebug: false, fontSizeSetting: 16,
    host: { env: 'WeChat' },
  };
}

function windowInfo(phone) {
  const { innerWidth: screenWidth, innerHeight: screenHeight } = window;
  const statusBarHeight = cssPixels('--status-height');
  const bottom = screenHeight - cssPixels('--home-height');
  const viewport = phone.router.top?.viewport;
  return {
    pixelRatio: window.devicePixelRatio,
    screenWidth,
    screenHeight,
    windowWidth: viewport?.clientWidth ?? screenWidth,
    windowHeight: viewport?.clientHeight ?? screenHeight,
    statusBarHeight,
    screenTop: viewport?.getBoundingClientRect().top ?? 0,
    safeArea: { left: 0, right: screenWidth, top: statusBarHeight, bottom, width: screenWidth, height: bottom - statusBarHeight },
  };
}

function capsuleRect() {
  const top = cssPixels('--status-height') + CAPSULE.top;
  const right = window.innerWidth - CAPSULE.right;
  return { width: CAPSULE.width, height: CAPSULE.height, top, right, bottom: top + CAPSULE.height, left: right - CAPSULE.width };
}

/** Random bytes as `wx.getRandomValues` gives them. */
function randomValues({ length }) {
  return { randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer };
}

/** The device part of `wx`. */
export function deviceApi(phone) {
  const api = (name, work) => asynchronous(phone, name, work);
  const systemInfo = () => ({ ...windowInfo(phone), ...deviceInfo(), ...appBaseInfo() });
  return {
    getWindowInfo: () => windowInfo(phone),
    getDeviceInfo: deviceInfo,
    getAppBaseInfo: appBaseInfo,
    getSystemInfoSync: systemInfo,
    getSystemInfo: api('getSystemInfo', systemInfo),
    getMenuButtonBoundingClientRect: capsuleRect,
    getAccountInfoSync: () => ({ miniProgram: { appId: phone.appId, envVersion: 'develop', version: '' } }),
    getRandomValues: api('getRandomValues', randomValues),
    // A code is good for one login: the demo's backend takes any.
    login: api('login', () => ({ code: `simulated-${crypto.randomUUID()}` })),
    vibrateShort: api('vibrateShort', () => {}),
    nextTick: (callback) => Promise.resolve().then(callback),
    setClipboardData: api('setClipboardData', ({ data }) => {
      phone.clipboard = String(data);
      phone.overlay.toast({ title: '内容已复制' });
    }),
    getClipboardData: api('getClipboardData', () => ({ data: phone.clipboard ?? '' })),
  };
}
