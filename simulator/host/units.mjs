// Lengths of WXSS in terms of the drawn phone; used for style sheets (at build time) and inline styles.

const RPX_PER_VW = 7.5; // 750 rpx are the width of the screen

/** `12rpx` -> `1.6vw`; `50vh` -> half of the page's own height; safe areas -> those of the drawn phone. */
export function convertUnits(value) {
  return value
    .replace(/(-?\d*\.?\d+)rpx\b/g, (_, number) => `${+(number / RPX_PER_VW).toFixed(5)}vw`)
    .replace(/(-?\d*\.?\d+)vh\b/g, (_, number) => `calc(var(--page-height) * ${+(number / 100).toFixed(5)})`)
    .replace(/\b(?:env|constant)\(\s*(safe-area-inset-\w+)[^)]*\)/g, 'var(--$1)');
}

/** Pixels of a length given in px or rpx (a bare number is px). */
export function toPixels(length, screenWidth) {
  const match = /^(-?\d*\.?\d+)(rpx|px)?$/.exec(String(length ?? 0).trim());
  if (!match) return 0;
  return match[2] === 'rpx' ? (match[1] * screenWidth) / 750 : Number(match[1]);
}
