import { miniHost } from './host-mini.js';

/**
 * Douyin: the same calls under `tt`, where they exist.
 * @param {{wasm?: string}} [options] `wasm`: path of the module in the code package
 */
export function ttHost(options) {
  const wasm = typeof TTWebAssembly === 'undefined' ? undefined : TTWebAssembly;
  return miniHost(tt, wasm, Object.assign({ platform: 'douyin' }, options));
}
