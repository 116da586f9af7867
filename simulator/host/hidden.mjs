// Names that a browser has and a mini-program's logic layer does not.
// The app's code runs inside a function with these as parameters, so that all of them are undefined there.

/** Hidden in the app and in its packages. */
export const HIDDEN_GLOBALS = [
  'window', 'self', 'globalThis', 'document', 'parent', 'top', 'frames', 'opener', 'frameElement',
  'navigator', 'location', 'history', 'screen', 'performance', 'localStorage', 'sessionStorage', 'indexedDB', 'caches',
  'fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'Request', 'Response', 'Headers', 'FormData',
  'URL', 'URLSearchParams', 'AbortController', 'Blob', 'File', 'FileReader', 'ReadableStream',
  'TextEncoder', 'TextDecoder', 'crypto', 'atob', 'btoa', 'structuredClone', 'queueMicrotask', 'Intl',
  'WebAssembly', 'Worker', 'SharedWorker', 'MessageChannel', 'BroadcastChannel', 'postMessage',
  'FinalizationRegistry', 'WeakRef', 'SharedArrayBuffer', 'Atomics',
  'Image', 'Audio', 'HTMLElement', 'Event', 'CustomEvent', 'EventTarget', 'MutationObserver', 'ResizeObserver',
  'addEventListener', 'removeEventListener', 'dispatchEvent', 'requestAnimationFrame', 'cancelAnimationFrame',
  'requestIdleCallback', 'cancelIdleCallback', 'getComputedStyle', 'matchMedia', 'alert', 'confirm', 'prompt', 'open', 'close',
];

/** Given to the app by the simulator, in this order. */
export const GIVEN_GLOBALS = [
  'define', 'wx', 'WXWebAssembly', 'App', 'Page', 'Component', 'Behavior', 'getApp', 'getCurrentPages', 'global',
  'Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval',
];
