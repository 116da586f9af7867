/** A shop to choose from: items with popularity and price, and a table of which of them speak for which. */

const CATEGORIES = 20;
/** A byte of a varint holds numbers below this. */
const BASE = 128;

function varint(bytes, number) {
  while (number >= BASE) {
    bytes.push((number % BASE) + BASE);
    number = Math.floor(number / BASE);
  }
  bytes.push(number);
}

/** The table that `fit` writes: each item is spoken for by `each` others, spread over the whole shop. */
function neighbours(items, each) {
  const bytes = [1];
  varint(bytes, items);
  const stride = Math.floor(items / each);
  for (let item = 0; item < items; item++) {
    varint(bytes, item === 0 ? 0 : 1);
    varint(bytes, each);
    for (let at = 0; at < each; at++) {
      varint(bytes, at === 0 ? item % stride : stride);
      bytes.push(1 + ((item * 7 + at * 13) % 255));
    }
  }
  return Buffer.from(bytes).toString('base64');
}

/** As the app hands it over: ids `i0`, `i1`, … in categories `c0` to `c19`. */
export function catalogue(items, each) {
  const rows = Array.from({ length: items }, (_, at) => [`i${at}`, `c${at % CATEGORIES}`, 500 + at, (at * 37) % 256, 0]);
  return JSON.stringify({ items: rows, neighbours: neighbours(items, each) });
}
