/**
 * For backends in Node: reads what phones send.
 * @packageDocumentation
 */

import type { ExplainedLine, Forecast, Membership, Points, Program, Rewards, Streak, Tier } from './index';

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

/**
 * Replays a person's ledger with the code that runs on the phone: what follows from these acts under these programs.
 * @throws HuitouError `ledger_not_json`, `ledger_invalid`, and the codes of a program that can't run
 */
export function replay(ledger: LedgerToReplay | string): Replayed;

/**
 * Follows the chain over the claims of one phone: the head before the first, then the head after each, 64 hexadecimal
 * digits each. A phone whose upload ends at another head has changed its history.
 * @throws HuitouError `claims_invalid`
 */
export function heads(claims: ClaimsToFollow | string): string[];

/**
 * Proves a ledger that `huitou-collector export-ledger` wrote: every chain is followed, everything is replayed.
 * `n` is the number of the first entry that does not follow, or null if it is the whole that does not.
 * @throws HuitouError `ledger_not_json`
 */
export function verifyExport(
  ledger: object | string,
): { ok: true; entries: number; link: string; digest: string; points: number } | { ok: false; n: number | null; problem: string };

/**
 * A GrowthBook payload in the open: each encrypted member (`encryptedFeatures`, `encryptedExperiments`,
 * `encryptedSavedGroups`, `encryptedContextualBandits`) in place of the plain one. AES-128-CBC hides, it proves nothing.
 * @param payload as the endpoint serves it
 * @param key base64 of 16 bytes
 * @throws HuitouError `payload_too_big`, `payload_not_json`, `payload_invalid`; `payload_encrypted` with the member's name as
 * path if the key is another one
 */
export function decryptPayload(payload: object | string, key: string): Record<string, unknown>;

/**
 * The text of `"iv.ciphertext"` (base64, AES-128-CBC, as GrowthBook encrypts), null if it is none or the key is another one.
 * @param key base64 of 16 bytes
 */
export function decrypt(text: string, key: string): string | null;

/**
 * What a phone would decide, by its own code: for pages rendered on a server, for support ("why does she see that?"), and to
 * check a payload before it is served. Counts nothing.
 * @returns `result` as `explain()` tells it on a phone, null for what the payload does not have; `sticky` are the assignments
 * after it, if any were given
 * @throws HuitouError `request_too_big`, `request_not_json`, `request_invalid`, `payload_too_big`, `payload_not_json`,
 * `payload_invalid`, `payload_encrypted`
 */
export function evaluate(request: EvaluateRequest): { result: Record<string, unknown> | null; sticky?: StickyAssignment[] };

/** The arithmetic of assignment, for analysts who ask in which bucket somebody falls. */
export const bucketing: {
  /** A number from 0 below 1: FNV-1a over UTF-16 units, version 1 (1,000 buckets) or 2 (10,000); null for other versions. */
  hash(seed: string, value: string, version: number): number | null;
  /** The range of each variation; weights that do not fit count as equal ones. */
  ranges(variations: number, coverage: number, weights?: number[] | null): [start: number, end: number][];
  /** The position of the range that holds the number, or null. */
  choose(number: number, ranges: [start: number, end: number][]): number | null;
  /** So many weights of the same size. */
  equalWeights(variations: number): number[];
  /** Whether a value is in a part of a namespace. */
  isInNamespace(value: string, namespace: [name: string, start: number, end: number]): boolean;
  /** The variation that an address or a launch query asks for, or null. */
  asked(address: string, experiment: string, variations: number): number | null;
};

/** What {@link evaluate} is asked. */
export interface EvaluateRequest {
  /** At most 512 KB as JSON, decrypted. */
  payload: object;
  /** Key of a feature. */
  feature?: string;
  /** Key of an entry of the payload's `experiments`. */
  experiment?: string;
  /** The person's. */
  attributes?: Record<string, unknown>;
  /** Variations asked for by hand, by experiment. */
  forced?: Record<string, number | string>;
  /** What she was assigned before; without it nothing is kept to. */
  sticky?: StickyAssignment[];
  /** The launch query. */
  query?: string;
  /** False: no experiment runs. */
  enabled?: boolean;
  /** True: only what is forced runs. */
  qa?: boolean;
  /** Remote saved groups that she is in. */
  remote_groups?: string[];
  /** As the SDK 1.8.0 does it. */
  compat?: '0.8';
}

/** A variation that somebody got once. */
export interface StickyAssignment {
  experiment: string;
  /** Bucket version. */
  version: number;
  /** The attribute that was hashed. */
  attribute: string;
  /** Its value as text. */
  value: string;
  /** Key of the variation. */
  variation: string;
}

/**
 * Makes a GrowthBook payload smaller for one person: conditions that her known attributes decide are taken out, and so is
 * what nothing refers to any more. Whoever agrees with what is known gets the same from the reduced payload
 * (specification 0.12.0, `reducePayload`).
 * @param payload decrypted, at most 16 MB as JSON
 * @throws HuitouError `payload_too_big`, `payload_invalid`
 */
export function reducePayload(payload: object, options?: ReduceOptions): Record<string, unknown>;

/**
 * What is left of a condition when only these attributes are known; null is known, what is missing is not.
 * @returns true or false once decided, else the rest of the condition
 */
export function pruneCondition(condition: object, attributes: object, savedGroups?: object): boolean | Record<string, unknown>;

/**
 * Plays a history through the program's journeys: what would they have done? Entries are those of a ledger, and any
 * `{id, name, at}` with the texts told beside; `tap` asks for `candidates`, `subscribe_result` answers for a `template`.
 * @throws HuitouError `journeys_invalid`, and the codes of {@link replay}
 */
export function playJourneys(scenario: {
  program: object;
  entries: { id: string; at: number; tz?: number; name?: string; kind?: string; [name: string]: unknown }[];
  observe_at: number;
  /** What conditions are asked of. */
  attributes?: object;
  /** By whose id the hold-out is drawn. */
  person?: string;
}): {
  /** In order; `result` is missing where nothing can refuse it. */
  actions: { kind: string; ref: string; at: number; on: string; result?: string; journey?: string }[];
  credits: Record<string, number>;
  trips: { journey: string; key: string; at: number; standing: 'running' | 'finished' | 'exited' | 'goal' }[];
};

/**
 * Scores people by the models of a fleet: the phone's own formulas, to the last bit. All times are in the unit of the
 * parameters.
 * @returns one object a person, by the models' names; a list has one figure for each of `within`
 * @throws HuitouError `score_too_big`, `score_invalid` at the path of a model or of people that make no sense
 */
export function insightScore(request: ScoreRequest): Record<string, Score>[];

/** What {@link insightScore} goes by. */
export interface ScoreRequest {
  models: Record<string, LifetimeModel>;
  /** Events after the first one, when the latest was and how old she is, both since the first; the mean of x amounts. */
  people: { x: number; last: number; age: number; mean?: number }[];
  /** Within which times to say how likely an event is, and how many to expect. */
  within: number[];
}

/** A model with its fleet's parameters, all above 0. `k` (1 to 8) beats make an event. */
export type LifetimeModel =
  | { kind: 'bg'; parameters: [r: number, alpha: number, a: number, b: number] }
  | { kind: 'mbg'; parameters: [r: number, alpha: number, a: number, b: number]; k?: number }
  | { kind: 'nbd'; parameters: [r: number, alpha: number] }
  | { kind: 'gamma_gamma'; parameters: [p: number, q: number, v: number] };

/** What a model says of a person. */
export interface Score {
  /** Of `bg` and `mbg`. */
  p_alive?: number;
  /** P(at least one event within). Of all but `gamma_gamma`. */
  p_active?: number[];
  /** Events to expect within; not with k above 1. */
  expected?: number[];
  /** The mean of amounts to come. Of `gamma_gamma`. */
  spend?: number;
}

/** What {@link reducePayload} goes by. */
export interface ReduceOptions {
  /** The person's, as far as they are known here. */
  attributes?: Record<string, unknown>;
  /** Everybody's; hers win. */
  globalAttributes?: Record<string, unknown>;
  /** Keep what fits all of these. */
  include?: PayloadFilters;
  /** Leave out what fits any of these. */
  exclude?: PayloadFilters;
  /** `keep` (default) sends prerequisites that the filters would drop; `filter` does not, holdouts aside. */
  prerequisites?: 'keep' | 'filter';
}

/** One value of each list is enough. */
export interface PayloadFilters {
  projects?: string[];
  tags?: string[];
  customFields?: Record<string, unknown[]>;
}

/** An act as answers and exports have it (docs/wire.md, form of an entry): `kind` and the kind's own members. */
export interface Act {
  kind: string;
  [member: string]: unknown;
}

/** An entry of a ledger. */
export interface Entry extends Act {
  /** Never used for two; its result is told under it. */
  id?: string;
  /** When, in ms by the clock of whoever said it. */
  at: number;
  /** That clock's zone, minutes east of UTC; default 480. */
  tz?: number;
  /** The phone that claims it, 16 hexadecimal digits; absent for a server, whose moments are believed. */
  device?: string;
  /** When a server received it, in ms; without it no clock is ahead. */
  received_at?: number;
  /** The program's revision that it stands under; default the newest. */
  rev?: number;
}

/** What {@link replay} takes. */
export type LedgerToReplay = ({ program: Program } | { programs: Program[] }) & {
  /** In the order of arrival. */
  entries: Entry[];
  /** Look at the state at this moment (ms); default the last entry's. */
  observe_at?: number;
  /** Zone of that look, minutes east of UTC. */
  tz?: number;
};

/** What followed. */
export interface Replayed {
  /** Of the state after the last entry, 32 hexadecimal digits. */
  digest: string;
  /** That state, hexadecimal: as base64 it is what a phone can start from. */
  bytes: string;
  /** As the phone shows it, seen at `observe_at`. */
  state: {
    streak: Streak;
    points: Omit<Points, 'confirmed' | 'awaiting'>;
    tier: Tier | null;
    growth: number;
    membership: Membership;
    rewards: Rewards;
    forecast: Forecast;
  };
  /** Codes by id, of what was refused; `clock_went_back` is a remark, the entry counts. A repeated id stands under `+dup:`. */
  results: Record<string, string>;
  /** What somebody has to do: coupons to grant, discounts in fen, tiers reached. */
  actions: { kind: 'coupon' | 'tier' | 'discount_fen'; ref: string | number; on: string }[];
  /** The ledger with its arithmetic; `id` is the entry's, empty for what time alone did. */
  lines: ExplainedLine[];
}

/** What {@link heads} takes. */
export type ClaimsToFollow = ({ program: Program } | { programs: Program[] }) & {
  app: string;
  user: string;
  device: string;
  /** Where to go on; absent: from the phone's first claim. */
  head?: string;
  /** In order of number. `at`: whole seconds, in ms. */
  claims: (Act & { at: number; tz: number; rev: number })[];
};

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
  /** Claims of this phone that no server has confirmed. */
  claims?: UploadedClaims;
  /** A request to delete everything of this user on this device; nothing else comes with it. */
  delete?: string;
}

/** Claims, numbered and chained. */
export interface UploadedClaims {
  /** The program's revision that they stand under. */
  rev: number;
  /** The phone's number of the first. */
  first: number;
  /** The phone asks for a state to start from. */
  base?: boolean;
  /** The chain after the last, 64 hexadecimal digits. */
  head: string;
  /** Of the state after the last, by the phone's replay of what it holds: 32 hexadecimal digits. */
  digest: string;
  /** `at`: ms. `activity`: position in the program's `points.activities`. */
  list: { kind: 'check_in' | 'make_up' | 'activity'; at: number; tz: number; day?: string; activity?: number }[];
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
