import { miniHost } from './host-mini.js';

/**
 * WeChat.
 * @param {{wasm?: string}} [options] `wasm`: path of the module in the code package, if "build npm" did not put it there
 */
export function wxHost(options) {
  const wasm = typeof WXWebAssembly === 'undefined' ? undefined : WXWebAssembly;
  return miniHost(wx, wasm, Object.assign({ platform: 'weixin' }, options));
}
