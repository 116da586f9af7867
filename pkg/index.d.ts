/**
 * Huitou counts what happens in a mini-program on the phone itself and sends compact summaries to your own backend.
 * @packageDocumentation
 */

/** Version of this package. */
export const version: string;

/**
 * Starts the engine and returns at once: calls made before {@link Huitou.ready} wait, each with its own time.
 * Keep one engine per app; two of them would write over each other's storage. Never throws.
 */
export function open(options: OpenOptions): Huitou;

/** Hosts. Each build brings along only those that can run where it runs. */
export const hosts: {
  /** WeChat; the default in a mini-program. */
  wx(options?: MiniHostOptions): Host;
  /** Douyin; the default where `tt` exists. */
  tt(options?: MiniHostOptions): Host;
  /** A web page; the default of the ES module elsewhere. `wasm`: where the module is, or its bytes. */
  browser(options?: { wasm?: string | { href: string } | Bytes }): Host;
  /** Node; the default there. */
  memory(options?: MemoryHostOptions): MemoryHost;
};

/** Bytes of a module. */
export type Bytes = ArrayBuffer | Uint8Array;

/** What `open` takes. */
export interface OpenOptions {
  /** What the app declares (docs/program.md): an object, or its JSON text. */
  program: Program | string;
  /** Base address of the backend; `/v1/sync` is appended. Without it everything stays on the phone. */
  url?: string;
  /**
   * What the person said about being counted. `true` and `false` are kept; `null` or nothing lets the stored answer
   * stand. Before the first `true` nothing is stored and nothing is sent.
   */
  consent?: boolean | null;
  /**
   * The bearer token of the person logged in, or a function that gives one: asked at the start, after a login, and
   * again when the backend refuses what it gave.
   */
  token?: string | ((about: TokenRequest) => string | Promise<string>);
  /** How summaries are written; `json` suits backends without the decoder. Default `binary`. */
  format?: 'binary' | 'json';
  /** The platform; by default the one that the build finds itself on. */
  host?: Host;
  /** Another way to get the engine: `require('huitou-fallback')` where there is no WebAssembly. */
  instantiate?: Instantiate;
  /** Prints what is not counted, and the program's warnings. */
  debug?: boolean;
}

/** Whom a token is wanted for. */
export interface TokenRequest {
  /** As given to `setUser`; empty before a login. */
  user: string;
}

/** The part of a program that types can tell; docs/program.md says what each means and which values it takes. */
export interface Program {
  app: string;
  /** Raise it with each change. */
  revision: number;
  day_zone?: string;
  session?: { idle_minutes?: number };
  pages?: string[];
  events?: EventDeclaration[];
  flows?: { name: string; steps: string[]; window_minutes?: number }[];
  attributes?: string[];
  caps?: { events_per_day?: number; labels_per_dimension?: number };
  sync?: { max_bytes?: number; max_age_hours?: number; per_session?: number };
}

/** An event with what may be said about it. */
export interface EventDeclaration {
  name: string;
  dimensions?: { name: string; values?: string[] }[];
  numbers?: { name: string; decimals?: 0 | 1 | 2 | 3 }[];
}

/**
 * Props of an event by declared name: text (64 bytes at most), whole numbers or flags for its dimensions, numbers from
 * 0 up for its numbers. Missing values are left out, everything undeclared is counted but not kept.
 */
export type Props = Record<string, string | number | boolean | null | undefined>;

/** An attribute; `null` removes it. */
export type Attribute = string | number | boolean | null;

/** A running engine. */
export interface Huitou {
  /** Resolves when the engine runs; rejects with a {@link HuitouError} when it can't (wrong program, no wasm). */
  readonly ready: Promise<Opened>;

  /**
   * Counts an event. Never throws, whatever it is given, and returns before anything is written. An order is told as
   * `track('order', {order_id, paid_fen, items})`; it stands as unconfirmed until the backend says it was paid.
   */
  track(name: string, props?: Props | null): void;

  /** The person entered a page (and left the one before); `null`: left without entering another. Never throws. */
  page(name: string | null): void;

  /** The person made a step of a flow. Steps named like an event are made by that event. Never throws. */
  flow(name: string, step: string): void;

  /**
   * Says who uses the app: an openid or a pseudonym, at most 64 bytes; `null` after a logout. What is counted from here
   * on belongs to that user. Rejects with `user_invalid` or `user_personal`.
   */
  setUser(id: string | null): Promise<void>;

  /** Sets attributes of the user. Only those the program names leave the phone. All or none are taken. */
  setAttributes(attributes: Record<string, Attribute>): Promise<void>;

  /**
   * Consent given or withdrawn. Withdrawing wipes everything stored and leaves one request to the backend to delete
   * what it holds.
   */
  consent(granted: boolean): Promise<void>;

  /** Resolves when everything so far is stored; rejects with `storage_failed`. */
  flush(): Promise<void>;

  /**
   * Sends now, whatever the program's sync rule says, and resolves with the number of rows that the backend took.
   * Rejects with `offline` (it goes out when the network is back), `sync_failed` or `no_url`. The engine also syncs by itself.
   */
  sync(): Promise<{ acked: number }>;

  /** Figures about the engine itself. Throws `not_ready` before {@link ready}. */
  stats(): Stats;

  /** What the engine knows and what still waits to be sent. Throws `not_ready` before {@link ready}. */
  state(): State;

  /** The latest orders, oldest first. Throws `not_ready` before {@link ready}. */
  orders(): Order[];

  /** Listens; call the result to stop. */
  on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): () => void;

  /** Stores what is left and gives everything back. The app ends without it just as well. */
  close(): Promise<void>;

  /**
   * Hooks to spread into a page that has none of its own: `Page({...h.pageHooks('home'), data})`. A page with its own
   * `onShow` calls `h.page('home')` there, and `h.page(null)` in `onHide` and `onUnload`.
   */
  pageHooks(name: string): { onShow(): void; onHide(): void; onUnload(): void };

  /** Hooks for `App`, only needed where the platform lacks onAppShow and onAppHide (plugins, old base libraries). */
  appHooks(): { onShow(options?: { scene?: number | string }): void; onHide(): void };
}

/** What a start found. */
export interface Opened {
  /** Consent as it stands. */
  consent: boolean;
  /** Who was logged in last (or asked for a deletion that is still pending); empty for nobody. */
  user: string;
  /** True if an earlier start had left something stored. */
  recovered: boolean;
  /** The program's. */
  revision: number;
  /** Parts of the program that are switched off, and why. */
  warnings: { path: string; message: string }[];
}

/** What `on` can listen to. */
export interface Events {
  /** Once, after the start. */
  ready: Opened;
  /** After every request. */
  sync: SyncResult;
  /** Each fact from the backend, once. */
  fact: Fact;
  /** Something failed that no call of the app waited for. Without a listener it is printed. */
  error: HuitouError;
  /** The engine trapped and was replaced; `restarts` counts them. */
  restart: { message: string; restarts: number };
  /** Something was not counted. `name` is the event, prop or step. */
  dropped: { reason: string; name: string };
}

/** Outcome of a request. */
export interface SyncResult {
  /** HTTP status; 0 if no answer came. */
  status: number;
  /** Rows taken. */
  acked: number;
  /** Bytes of the body sent. */
  bytes: number;
  /** Revision of the program that the backend serves, if it said so. */
  program: number | null;
}

/** Something that a trusted server says happened. */
export interface Fact {
  /** Ascending for each user. */
  n: number;
  /** `order_paid`, or what your backend calls it. */
  kind: string;
  order_id: string;
  paid_fen: number;
  /** Milliseconds. */
  at: number;
}

/** Figures about the engine. */
export interface Stats {
  consent: boolean;
  events_today: number;
  /** Sessions ever begun on this phone. */
  sessions: number;
  /** Since this start, as the next two. */
  requests: number;
  sent_bytes: number;
  /** What was not counted, by reason. */
  dropped: Record<string, number>;
  unsent_rows: number;
  unsent_bytes: number;
  /** Milliseconds; null if the backend has taken nothing since this start. */
  last_sync_at: number | null;
  /** Traps survived since this start. */
  restarts: number;
}

/** What the engine knows. */
export interface State {
  /** This installation, 16 hexadecimal digits. */
  device: string;
  user: string;
  segment: string;
  sessions: number;
  /** How far the phone's clock is behind the server's. */
  clock_skew_s: number;
  /** Dates as `2026-11-22`, in the program's zone. */
  today: string;
  first_day?: string;
  /** Days of the last 64 on which something was counted, latest first. */
  active_days: string[];
  /** What is kept: `row` is a row of the JSON profile (docs/wire.md). */
  rows: { user: string; acked: number; quarantined: boolean; row: Record<string, unknown> }[];
}

/** An order that the app believes paid. */
export interface Order {
  order_id: string;
  paid_fen: number;
  day: string;
  /** True once the backend has said so. */
  confirmed: boolean;
}

/** Every failure of the API. */
export class HuitouError extends Error {
  constructor(code: string, message: string, path?: string);
  /** Stable between versions. */
  readonly code: string;
  /** Where in the input (`events[2].name`), or empty. */
  readonly path: string;
  /** For a program that can't run: all that is wrong with it. */
  readonly mistakes?: { code: string; message: string; path: string }[];
}

/** An instance of the engine's module, or what holds one. */
export type Instantiated = { exports: object } | { instance: { exports: object } };

/** Makes a fresh instance with the given imports. */
export type Instantiate = (imports: Record<string, Record<string, Function>>) => Promise<Instantiated>;

/**
 * A platform. A further one is an object of this shape; the engine needs nothing else from its surroundings but
 * `setTimeout`. What may fail rejects (or, the synchronous ones, throws); failures are waited out and tried again.
 */
export interface Host {
  /** For people, as `weixin`. */
  readonly platform: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** The phone's zone, minutes east of UTC. */
  offset_min(): number;
  /** Stored values in the order of the keys; null or '' for what is not there. */
  load(keys: string[]): Promise<(string | null)[]>;
  save(key: string, value: string): Promise<unknown>;
  /** For the way into the background, where promises may never settle. */
  saveSync(key: string, value: string): void;
  remove(key: string): Promise<unknown>;
  /** Must start the request before it returns. Resolves for every status. */
  send(request: SendRequest): Promise<SendAnswer>;
  instantiate: Instantiate;
  /** Unpredictable bytes. */
  random(count: number): Promise<Uint8Array>;
  /** What may be told about the phone. */
  info(): HostInfo;
  /** How the app was opened, if the platform tells. */
  scene?(): string | undefined;
  /** The app comes to the foreground again. May return a function that stops listening, as the next two. */
  onShow(listener: (scene?: string) => void): unknown;
  /** The app goes to the background. */
  onHide(listener: () => void): unknown;
  /** The network comes or goes. */
  onNetwork(listener: (online: boolean) => void): unknown;
}

/** A request to make. */
export interface SendRequest {
  url: string;
  method: 'POST';
  headers: Record<string, string>;
  body: Uint8Array;
  timeout_ms: number;
}

/** An answer, whatever its status. */
export interface SendAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Built-in attributes; a missing one is not told. */
export interface HostInfo {
  platform?: string;
  system?: string;
  brand?: string;
  model?: string;
  app_version?: string;
  language?: string;
}

/** For {@link hosts}. */
export interface MiniHostOptions {
  /** Path of `huitou.wasm.br` in the code package; by default where "build npm" puts it. */
  wasm?: string;
}

/** For {@link hosts}. */
export interface MemoryHostOptions {
  /** Keeps values in files there; otherwise they end with the process. */
  directory?: string;
  /** Path or bytes of the module, if it is not beside this package. */
  wasm?: string | Bytes;
  now?: () => number;
  offset_min?: () => number;
  send?: (request: SendRequest) => Promise<SendAnswer>;
  random?: (count: number) => Promise<Uint8Array>;
  info?: HostInfo;
}

/** Node's host; its last three methods play the phone. */
export interface MemoryHost extends Host {
  show(scene?: string): void;
  hide(): void;
  network(online: boolean): void;
}
