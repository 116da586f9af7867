/**
 * For backends in Node: reads what phones send.
 * @packageDocumentation
 */

export { HuitouError, version } from './index';

/**
 * Reads an upload of the binary profile.
 * @param bytes the request body
 * @param findNames gives the bytes kept under the hash of a dictionary, or undefined
 * @returns `unknown`, if the names are neither in the upload nor found: answer `{"acks":[],"names":true}`, and the phone
 *   sends again with names. Otherwise `upload`, the JSON profile (docs/wire.md), and `names` if the upload brought them:
 *   keep the bytes under the hash.
 * @throws HuitouError `upload_malformed` for bytes that no phone writes: answer 400
 */
export function decodeUpload(
  bytes: Uint8Array,
  findNames?: (hash: number) => Uint8Array | null | undefined,
): { unknown: number; upload?: undefined; names?: undefined }
  | { upload: Upload; names?: { hash: number; bytes: Uint8Array }; unknown?: undefined };

/** The JSON profile of one request (docs/wire.md, docs/summary.schema.json). */
export interface Upload {
  v: 1;
  app: string;
  /** 16 hexadecimal digits, as all ids. */
  device: string;
  /** Empty before a login. */
  user: string;
  /** The phone's clock, ms. */
  sent: number;
  /** Its zone, minutes east of UTC. */
  tz: number;
  /** The highest fact received. */
  facts?: number;
  attributes?: { rev: number; set: Record<string, string | number | boolean> };
  rows?: Row[];
  /** A request to delete everything of this user on this device; nothing else comes with it. */
  delete?: string;
}

/** The counts of one segment on one day. The highest `r` of (device, user, s, d) holds. */
export interface Row {
  s: string;
  d: string;
  r: number;
  /** Events. */
  e?: Record<string, {
    n: number;
    by?: Record<string, Record<string, [count: number, sum: number]>>;
    num?: Record<string, { sum: number; b: [bucket: number, count: number][] }>;
  }>;
  /** Attempts that reached each step of a flow. */
  f?: Record<string, number[]>;
  /** Events by hour. */
  h?: Record<string, number>;
  /** Sessions and their seconds. */
  ss?: [sessions: number, seconds: number];
  /** Orders: id and fen. */
  o?: [order_id: string, paid_fen: number][];
  /** What was not counted, by reason. */
  x?: Record<string, number>;
}
