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
  /** Features and experiments (docs/experiments.md). The program's own need nothing here. */
  experiments?: ExperimentOptions;
  /** Prints what is not counted, and the program's warnings. */
  debug?: boolean;
}

/** How experiments are run, and where their payload comes from. */
export interface ExperimentOptions {
  /**
   * The app's own payload in GrowthBook's form, as an object or JSON text. Its features go before the program's of the same
   * key; what came from `url` goes before it.
   */
  payload?: object | string | null;
  /**
   * Where a GrowthBook server, or your own, serves the payload; also `…/v1/program` of a backend. Asked at the start and
   * when the app is shown again; the last answer is stored after consent, and counts until there is another.
   */
  url?: string;
  /** How old the answer gets before the next show asks again. Default 60. */
  refresh_minutes?: number;
  /** A variation once assigned is kept when weights, coverage or targeting change. Default true. */
  sticky?: boolean;
  /** False: no experiment runs, features have their defaults and forced values. Default true. */
  enabled?: boolean;
  /** Only variations asked for by hand run; nobody is counted. */
  qa?: boolean;
  /** False: conditions see the app's attributes only, not those that the engine knows. Default true. */
  engineAttributes?: boolean;
  /** Saved groups of the kind `remote` that the person is in, as your backend says. */
  remoteGroupIds?: string[];
  /**
   * Makes a payload readable before the engine gets it, text to text: `(text) => decryptPayload(text, KEY)` with the package
   * `huitou-decrypt`, for payloads that GrowthBook encrypts. What is stored stays as it was served. Whatever it throws leaves
   * the payload before in force.
   */
  decrypt?: (payload: string) => string;
  /** `0.8`: as the released JavaScript SDK 1.8.0 decides, where it differs from the specification 0.12.0. */
  compat?: '0.8';
}

/** What JSON can say. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json | undefined };

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
  /** When a date begins, `04:00`. */
  day_starts_at?: string;
  zone_change_min_hours?: number;
  check_in?: object;
  points?: object;
  growth_per_yuan?: number;
  multipliers?: object[];
  stacking?: 'highest' | 'multiply' | 'add';
  daily_caps?: object[];
  tiers?: object;
  every_n_orders?: object;
  membership?: object;
  rewards?: object[];
  mall?: object[];
  lottery?: object[];
  referral?: object;
  /** Features and experiments in GrowthBook's form. */
  features?: object;
  saved_groups?: object;
  /** What a backend fitted on all its people (docs/insight.md). */
  model?: object;
  /** Which signs show, and from when on. */
  signs?: Record<string, { enabled?: boolean; threshold?: number }>;
  segments?: { name: string; when: object; priority?: number; group?: string }[];
  /** What is done after what (docs/journeys.md). */
  journeys?: object[];
  /** Quiet hours, caps, subscriptions. */
  messages?: object;
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
   * `track('order', {order_id, paid_fen, items})`; it stands as unconfirmed until the backend says it was paid. `items` is a
   * count, or the things bought: they make {@link due} and {@link recommend} know the person. `coupon`: one was used.
   */
  track(name: 'order', order: { order_id: string | number; paid_fen: number; items?: number | Thing[]; coupon?: boolean }): void;
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

  /**
   * Sets attributes of the user; `null` removes one. Those that the program names are text, numbers or flags and leave the
   * phone; any other is for targeting only, may be any JSON up to 1 KB, and stays. All or none are taken.
   */
  setAttributes(attributes: Record<string, Json | undefined>): Promise<void>;

  /**
   * The value of a feature, at once and without a request. The fallback stands before {@link ready}, for a feature that does
   * not exist, whose value is null, or is of another type than the fallback (that is counted as `feature_type`). Reading an
   * experiment's feature counts the person as exposed, once. Never throws. Objects are shared: don't change them.
   */
  feature(key: string, fallback: string): string;
  feature(key: string, fallback: number): number;
  feature(key: string, fallback: boolean): boolean;
  feature<T extends object>(key: string, fallback: T): T;
  feature(key: string, fallback?: null): Json | undefined;

  /** True if the value of the feature is neither false, 0, empty nor null. Exposes as {@link feature}; never throws. */
  isOn(key: string): boolean;

  /**
   * The key of the person's variation, by the key of a feature or of an experiment: `'0'`, `'1'` where the payload names
   * none. `null`: in none; `undefined`: before {@link ready}. Exposes as {@link feature}; never throws.
   */
  variant(key: string): string | null | undefined;

  /**
   * Asks for a variation of an experiment by hand, by position or key; `null` ends that. For testing: it holds on this phone
   * over restarts and counts nobody. `?KEY=1` in the query of the launch does it for one start. Rejects with
   * `override_invalid`.
   */
  override(experiment: string, variation: number | string | null): Promise<void>;

  /**
   * Asks the address of the payload now; true if another payload is in force. Rejects with `no_url`, `offline`,
   * `payload_failed`, `payload_not_json`, `payload_invalid`, `payload_too_big`, `payload_encrypted`: the one before stays.
   */
  refreshFeatures(): Promise<boolean>;

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

  /**
   * Claims today's check-in. Works without network; the points show at once and are binding when the backend has replayed
   * the claim (`awaiting`). Resolves after a synchronous write: what resolved as `accepted` survives a crash. Rejects with
   * `storage_failed` if the storage took nothing: then it counts in memory and is written with the next write.
   */
  checkIn(): Promise<ClaimOutcome>;

  /** Claims a check-in for a missed date, `2026-11-21` (those still possible: `streak().make_up.dates`). As {@link checkIn}. */
  makeUp(day: string): Promise<ClaimOutcome>;

  /** Claims an activity that the program names in `points.activities`, as `share`. As {@link checkIn}. */
  earn(activity: string): Promise<ClaimOutcome>;

  /** Check-ins of the user, claims included that no server has confirmed. All these reads throw `not_ready` before {@link ready}. */
  streak(): Streak;

  /** The points, with what of them a server has confirmed. */
  points(): Points;

  /** 20 lines of the ledger, newest first; page 0 is the first. */
  ledger(options?: { page?: number }): LedgerPage;

  /** Why a line came out as it did: the rule and the arithmetic. Throws `line_unknown`. */
  explain(id: string): ExplainedLine;

  /**
   * What a feature (or an experiment of the payload's `experiments`) is for the person, and why. Counts nothing. Features go
   * before lines of the ledger. Throws `not_ready`, `line_unknown`.
   */
  explain<Kind extends ExplainedFeature>(key: string): Kind;

  /** The tier; `null` if the program has none. */
  tier(): Tier | null;

  /** The paid membership. */
  membership(): Membership;

  /** Coupons and tickets, progress towards the next ones, offers, games, the points mall, lotteries. */
  rewards(): Rewards;

  /** What comes next: points that lapse, the next milestone, what it takes to keep or reach a tier. */
  forecast(): Forecast;

  /** What a cart of so many fen would be reduced by, and the points that paying it today would bring. */
  preview(cart_fen: number): Preview;

  /** Own claims that the server refused, latest last; a few are kept. */
  refused(): RefusedClaim[];

  /** What the phone's own replay gives, beside what the server signed. */
  proof(): Proof;

  /**
   * Spends points: a number of them as a discount (`points`), or those that a mall item costs (`item`). The backend does
   * it, so it needs the network; claims that wait are sent first. Done once however often it is asked: a lost answer is
   * asked for again under the same key, and a call that rejected with `sync_failed` is finished by the same call again.
   * Rejects with `no_url`, `offline`, `sync_failed` (no answer: claims could not be sent, or it may have been done or not)
   * or the code of a refusal: `not_enough_points`, `not_a_multiple`, `more_than_paid`, `not_offered`, `limit_reached` …
   */
  redeem(what: { points: number; orderId?: string } | { item: string; orderId?: string }): Promise<Transaction>;

  /** Draws in a lottery; takes one ticket. As {@link redeem}; refused with `unknown_right` without a ticket. */
  draw(lottery: string): Promise<Transaction>;

  /** Has the backend grant a right, by `rewards().rights[].right`. As {@link redeem}. */
  grant(right: number): Promise<Transaction>;

  /** The person looked at an item. Rejects with `insight_invalid`, as the next three. */
  browse(thing: { item: string; category?: string }): Promise<void>;

  /** The cart as it is now, each time it changes; `[]` empties it. */
  cart(items: (Thing & { price_fen?: number })[]): Promise<void>;

  /** The person tapped something; four taps within a second on the same are a sign, but not on a `text` or a `stepper`. */
  tap(target: string, kind?: 'text' | 'stepper'): Promise<void>;

  /** The person wants to hear of an item: its price and whether it is there now. `null`: no longer. */
  follow(item: string, facts?: { price_fen?: number; in_stock?: boolean } | null): Promise<void>;

  /**
   * What can be shown, as an object or JSON text: at most 5,000 items and 1 MB. It is not stored: hand it over at each start.
   * `items`: id, category, price in fen, popularity 0..255, flags (1 bought once for long, 2 out of stock). `neighbours`: the
   * table that `huitou-collector fit --catalogue` adds (docs/insight.md). Rejects with `catalogue_invalid`; the one before stays.
   */
  setCatalogue(catalogue: Catalogue | string): Promise<{ items: number; categories: number }>;

  /** How things stand with the person (docs/insight.md). This and the next five throw `not_ready` before {@link ready}. */
  outlook(): Outlook;

  /** What is due, the likeliest first: windows with their chance, never a date. */
  due(options?: { n?: number; horizon_days?: number }): Due[];

  /** Names of the person's segments. */
  segments(): string[];

  /** What to show first; empty without a catalogue. `similar` to `item`. Throws `recommend_invalid`. */
  recommend(options?: { n?: number; kind?: 'again' | 'new' | 'mixed' | 'similar'; item?: string }): Recommended[];

  /** What `outlook`, a segment or an item rests on. Throws `why_unknown`. */
  why(id: string): { [name: string]: Json | undefined };

  /** What the person follows, held against the catalogue. */
  followed(): { item: string; price_fen?: number; off_fen?: number; is_back?: boolean }[];

  /** All that journeys are to do, in the order of its moments, if nothing else happens (docs/journeys.md). */
  plan(): Planned[];

  /** The time line: what came of each step of each journey, and what is to come. */
  journeys(): Trip[];

  /**
   * Which templates to ask for at the next tap, at most three: of those named, else of those that journeys send. Costs no
   * wait, so that the tap's handler can ask the platform first thing. Throws `not_ready`.
   */
  askable(templates?: string[]): string[];

  /**
   * Asks for {@link askable} templates and tells the engine what was answered. Call it first thing in a tap's handler, before
   * anything is awaited. Rejects with the platform's own error, or `unsupported`.
   */
  requestSubscribe(templates?: string[]): Promise<Record<string, string>>;

  /** What the platform answered, for who asks it himself. */
  subscribeResult(results: Record<string, string>): Promise<void>;

  /** What was shown was sent away: nothing more comes of that trip. Rejects with `action_unknown`. */
  dismiss(id: string): Promise<void>;

  /** What was shown was taken up: the journey has reached its goal. Rejects with `action_unknown`. */
  converted(id: string): Promise<void>;

  /** The sales assistant was added (`true`), or refused: it is not offered again. */
  wecomLinked(linked?: boolean): Promise<void>;

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
  /** Each fact that a sync brought, once. */
  fact: Fact;
  /** Something was won, by a claim, a transaction or news from the backend. `points`: the sum over `lines`. */
  awarded: { points: number; lines: Line[] };
  /** A tier was reached, kept for another term, or lost: the line's reason says which, its subject is the tier. */
  tier: Line;
  /** A milestone of the check-ins was reached; the line's subject is the day it stands at. */
  milestone: Line;
  /** Once after the start, if points lapse within seven days. `points`: their sum. */
  expiring: { points: number; expiring: Expiring[] };
  /** The server's ledger replaced the phone's; show everything anew. Claims that the server had not seen still wait. */
  reset: { reason: ResetReason };
  /** A claim that had counted on the phone was refused by the server. */
  refused: RefusedClaim;
  /** Something failed that no call of the app waited for. Without a listener it is printed. */
  error: HuitouError;
  /** The engine trapped and was replaced; `restarts` counts them. */
  restart: { message: string; restarts: number };
  /** The person saw a variation for the first time: once for each bucket version, over all starts. */
  exposure: Exposure & {
    /** Position of the variation. */
    variation_id: number;
    /** The feature that ran it; empty for an entry of `experiments`. */
    feature: string;
  };
  /** A payload was put in force: the app's own, the one in storage, or a newer one. `features`: all keys there are now. */
  features: { source: 'payload' | 'storage' | 'url'; features: string[]; warnings: { path: string; message: string }[] };
  /** How things stand changed: found as a session begins, with an order, and as the app is hidden; told once. */
  level: { level: OutlookLevel; before: OutlookLevel };
  /** A segment was entered or left; as `level`. */
  segment: { segment: string; entered: boolean };
  /** A sign shows that did not; as `level`. */
  sign: { name: SignName };
  /** Something is to be shown now: once, over all starts. */
  action: Action;
  /** Something was not counted. `name` is the event, prop, step or feature. */
  dropped: { reason: string; name: string };
}

/** Something bought or in the cart. Ids and categories have at most 40 bytes. */
export interface Thing {
  item: string;
  category?: string;
  /** Pieces; 1 if not told. */
  quantity?: number;
}

/** What can be shown. */
export interface Catalogue {
  /** Whose it is; for the collector that serves it. */
  app?: string;
  items: [id: string, category: string, price_fen: number, popularity: number, flags: number][];
  neighbours?: string | string[];
}

/** How things stand with a person. */
export type OutlookLevel = 'new' | 'active' | 'slowing' | 'at_risk' | 'lost';

/** What may show that something changed. */
export type SignName =
  | 'stop' | 'slow_down' | 'flow' | 'cart' | 'dwell' | 'errors' | 'taps' | 'prompts' | 'coupon' | 'tier' | 'inactive';

/** How things stand with a person, and what is to be expected. */
export interface Outlook {
  level: OutlookLevel;
  /** Since when, `2026-11-23`. */
  since: string;
  /** P(a visit within `horizon_days`), to a thousandth; `null` if nothing can be said. */
  probability: number | null;
  horizon_days: number;
  /** `expected`: purchases within the horizon; `value_fen`: what they will bring. */
  purchase: { probability: number; horizon_days: number; expected: number; value_fen: number } | null;
  signs: { name: SignName; evidence: { [name: string]: Json | undefined }; measured: string }[];
  model: 'mbg' | 'logistic';
}

/** What is due. */
export interface Due {
  category: string;
  /** P(a purchase within the horizon asked for). */
  probability: number;
  /** Half the chances lie within these dates. */
  from: string;
  to: string;
  /** Days with a purchase so far, and the last of them. */
  purchases: number;
  last: string;
}

/** Something to show, and why. */
export interface Recommended {
  item: string;
  category: string;
  reason: string;
  /** The other item, where the reason is that they go together. */
  with?: string;
}

/** What kind of thing a journey does. */
export type ActionKind =
  | 'message' | 'coupon' | 'points' | 'popup' | 'badge' | 'ask_subscribe' | 'offer_wecom' | 'feedback' | 'custom';

/** What came of a step, or would come. */
export type StepOutcome =
  | 'done' | 'capped' | 'no_quota' | 'tired' | 'skipped' | 'expired' | 'held_out' | 'sent' | 'refused';

/** Something to show now. */
export interface Action {
  /** For {@link Huitou.dismiss} and {@link Huitou.converted}. */
  id: string;
  journey: string;
  /** Which of the person's own trips through it; empty if there is but one. */
  key: string;
  kind: ActionKind;
  /** The popup, the coupon …: your own reference. */
  ref: string;
  data?: { [name: string]: Json | undefined };
  /** When it was due, and until when it makes sense, in ms. */
  due: number;
  until: number;
}

/** Something that a journey is to do. */
export interface Planned {
  id: string;
  journey: string;
  kind: ActionKind;
  ref: string;
  /** In ms. */
  at: number;
  outcome: StepOutcome;
}

/** A person's way through a journey. */
export interface Trip {
  journey: string;
  key: string;
  /** When it began, in ms. */
  at: number;
  standing: 'running' | 'finished' | 'exited' | 'goal';
  /** When it ended, in ms; as it began while it runs. */
  ended: number;
  /** Nothing is done, to compare with. */
  held_out: boolean;
  /** `due`: still to come, in ms. */
  steps: { step: number; kind?: ActionKind; ref?: string; outcome: StepOutcome; due?: number }[];
}

/** That a person saw a variation, and when first. */
export interface Exposure {
  experiment: string;
  /** Key of the variation. */
  variation: string;
  bucket_version: number;
  /** Milliseconds, a whole second. */
  at: number;
}

/** GrowthBook's FeatureResult, with the steps that led to it. */
export interface ExplainedFeature {
  value: Json;
  on: boolean;
  off: boolean;
  source: 'unknownFeature' | 'defaultValue' | 'force' | 'experiment' | 'prerequisite' | 'cyclicPrerequisite';
  /** Empty if no rule decided. */
  ruleId: string;
  experiment?: { key: string; variations: Json[]; [name: string]: Json | undefined };
  experimentResult?: { key: string; variationId: number; inExperiment: boolean; hashUsed: boolean; [name: string]: Json | undefined };
  /** For each rule looked at, the step that ended it. */
  why: string[];
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
  /** `order_paid`, or another kind of the ledger (docs/wire.md). */
  kind: string;
  /** Empty if it is about no order. */
  order_id: string;
  paid_fen: number;
  /** Milliseconds. */
  at: number;
}

/** Why a claim brings nothing. */
export type ClaimRefusal =
  /** The date is checked in; `already_counted`: of a make-up. */
  | 'already_checked_in' | 'already_counted'
  /** The make-up is for today or later; too long ago; over the month's limit. */
  | 'not_in_the_past' | 'too_old' | 'limit_reached'
  /** A make-up costs points. */
  | 'not_enough_points'
  /** The program has no such thing. */
  | 'not_offered'
  /** With `day_zone: "event"`: a traveller's next date must be so many hours away. */
  | 'too_soon_after_zone_change'
  /** Call `consent(true)`; call `setUser`. */
  | 'consent_needed' | 'user_needed';

/** Why the server refused a claim that the phone had accepted. */
export type ServerRefusal =
  | ClaimRefusal
  /** Dated over five minutes ahead of the server's clock. */
  | 'clock_ahead'
  /** Claimed longer ago than a phone may be offline. */
  | 'too_late'
  /** More on one date than a person makes. */
  | 'too_many'
  | 'duplicate_event';

/** What a claim came to. */
export type ClaimOutcome = {
  /** Points available now. */
  points: number;
  /** Length of the run of check-ins in days. */
  streak: number;
  /** What the claim changed. */
  lines: Line[];
  /** Claims that no server has confirmed yet. */
  awaiting: number;
} & ({ accepted: true } | { accepted: false; code: ClaimRefusal });

/** Why a line stands in the ledger. */
export type Reason =
  | 'check_in' | 'milestone' | 'make_up' | 'freeze_used'
  | 'order' | 'refund_taken_back' | 'refund_returned' | 'written_off' | 'every_n_orders'
  | 'redeem' | 'grant' | 'activity' | 'referral' | 'reward' | 'prize' | 'expired'
  | 'coupon' | 'ticket' | 'offer' | 'granted'
  | 'tier_up' | 'tier_down' | 'tier_kept' | 'member';

/** A line of the ledger. */
export interface Line {
  /** For {@link Huitou.explain}. */
  id: string;
  /** When, in ms since 1970. */
  at: number;
  /** The program's date, `2026-11-23`. */
  day: string;
  reason: Reason;
  /** Points that came, or went if negative. */
  points: number;
  /** Growth that came, or went if negative. */
  growth: number;
  /** The last date on which the points are usable; `null`: for ever, or no points came. */
  expires: string | null;
  /** The order, coupon, tier, lottery, activity …; may be empty. */
  subject: string;
  /** True once a server has confirmed it. */
  confirmed: boolean;
}

/** A page of the ledger. */
export interface LedgerPage {
  /** From 0. */
  page: number;
  /** How many there are. */
  pages: number;
  /** Newest first. */
  lines: Line[];
}

/** A line with its arithmetic. */
export interface ExplainedLine extends Line {
  /** Path of the rule in the program, as `check_in.milestones[0]`; may be empty. */
  rule: string;
  /** Numbers in the order of the sum: what it is, how much, and whose (a campaign's name). */
  terms: ([what: string, value: number] | [what: string, value: number, name: string])[];
}

/** Check-ins. */
export interface Streak {
  /** Days of the run that ends today or yesterday; 0 if it is broken. */
  length: number;
  /** Days of the longest run ever. */
  longest: number;
  /** Days ever. */
  total: number;
  /** Freezes left; each saves a run from one missed day. */
  freezes: number;
  /** True if today is checked in. */
  today: boolean;
  /** Of the last 62 dates those with something to show, oldest first. `covered`: by a freeze; `bridged`: a flight jumped over it. */
  days: [day: string, mark: 'counted' | 'covered' | 'bridged' | 'made_up'][];
  /** `null` if the program offers none. */
  make_up: {
    /** Missed dates that may still be made up for, oldest first. */
    dates: string[];
    /** Make-ups that the month still allows; `null`: any number. */
    left_this_month: number | null;
    /** What one costs. */
    cost_points: number;
    /** How far back one reaches. */
    window_days: number;
  } | null;
}

/** Points that lapse together. */
export interface Expiring {
  /** The last date on which they are usable. */
  day: string;
  /** Days from today until then; 0: today is the last. */
  in_days: number;
  points: number;
}

/** The purse. All in points unless said otherwise. */
export interface Points {
  /** To be spent now, as the phone believes; below 0 only if the program lets refunds make a debt. */
  available: number;
  /** Granted, but usable only later. */
  pending: number;
  /** Owed after refunds; later points pay it first. */
  debt: number;
  /** Sums since the beginning, as the next four. */
  granted: number;
  spent: number;
  expired: number;
  taken_back: number;
  written_off: number;
  /** Never granted, as a daily cap was reached. */
  refused_by_cap: number;
  /** The next three dates on which points are usable for the last time. */
  expiring: Expiring[];
  /** Points are spent in multiples of `step`, each worth `fen_per_step` fen. */
  redeem: { step: number; fen_per_step: number };
  /** What the server has confirmed. */
  confirmed: { available: number; pending: number };
  /** Claims that no server has confirmed yet. */
  awaiting: number;
}

/** A level as the program declares it. */
export interface Level {
  name: string;
  /** Growth that it takes. */
  from: number;
  benefits: string[];
  /** The app's own reference; may be empty. */
  icon: string;
}

/** The tier that holds now. */
export interface Tier extends Level {
  /** Its place in `levels`, from 0. */
  level: number;
  /** Growth that counts today. */
  growth: number;
  /** First date of the term; `null` on the lowest level. */
  since: string | null;
  /** Last date of the term; `null` if it has no end. */
  until: string | null;
  /** Last date on which growth can still save the tier; `null` unless the term is over. */
  grace_until: string | null;
  /** The next level and the growth still needed; `null` on the highest. */
  next: { name: string; needed: number } | null;
  /** All, lowest first. */
  levels: Level[];
}

/** The paid membership. */
export interface Membership {
  active: boolean;
  /** Its last date, also when that is over; `null`: never bought. */
  until: string | null;
  plans: { id: string; months: number; price_fen: number }[];
  benefits: string[];
}

/** Progress of something counted. */
export interface Progress {
  id: string;
  /** `orders`; `spent`: `have` and `need` are fen. A game's: `group_buy`, `bargain` or your own word. */
  kind: string;
  have: number;
  need: number;
}

/** What was won, and what can be. */
export interface Rewards {
  rights: {
    /** For {@link Huitou.grant}. */
    right: number;
    kind: 'coupon' | 'ticket';
    /** The coupon or the lottery. */
    ref: string;
    /** When it came. */
    day: string;
    /** What it came from. */
    from: Reason;
    /** True when the server has granted it and it is gone. */
    granted: boolean;
  }[];
  /** Of the rules that count orders or money. */
  progress: Progress[];
  /** What the program offers to those who bought something. */
  offers: { id: string; offer: string }[];
  /** Games between people, as the server told. */
  games: Progress[];
  /** `left`: how many this person may still have; `null`: any number. */
  mall: { id: string; points: number; cash_fen: number; left: number | null }[];
  lotteries: { id: string; tickets: number; prizes: string[] }[];
}

/** What comes next. */
export interface Forecast {
  /** The next three dates. */
  expiring: Expiring[];
  /** `day`: its place; `in_days`: check-ins until then; `coupon` may be empty. */
  next_milestone: { day: number; in_days: number; points: number; coupon: string } | null;
  tier: {
    next: { name: string; growth_needed: number } | null;
    /** Growth still needed by the end of that date; 0: it is safe. `null`: nothing is going to be looked at. */
    keep: { growth_needed: number; by: string } | null;
  } | null;
  /** Days left for the oldest date that can be made up for; `null`: there is none. */
  make_up_days_left: number | null;
  /** The last date on which a check-in still continues the run, freezes used; `null` without a run. */
  streak_ends: string | null;
}

/** What a cart comes to. */
export interface Preview {
  /** The reduction. */
  off_fen: number;
  /** The next step of it; `null` on the last. */
  next: { from_fen: number; off_fen: number } | null;
  /** Today's multiplier of points; 100: none. */
  percent: number;
  /** Points that paying the rest today would bring. */
  points: number;
}

/** A claim that the server refused. */
export interface RefusedClaim {
  /** The phone's number of it. */
  seq: number;
  code: ServerRefusal;
  /** What was claimed: `check_in`, `make_up`, `activity`. */
  kind: string;
}

/** Why the server's ledger replaced the phone's. */
export type ResetReason =
  /** The phone's history had been changed, or its storage set back and used again. */
  | 'forked'
  /** Claims between what the server holds and what came are missing. */
  | 'gap'
  /** The same acts gave another state: another program or version. */
  | 'digest'
  /** The phone had asked for it. */
  | 'asked';

/** What a server signed: up to which claim it has confirmed what. */
export interface Receipt {
  /** The last claim of this phone that it covers. */
  seq: number;
  /** The chain's head there, 64 hexadecimal digits. */
  head: string;
  /** Of the confirmed state, 32 hexadecimal digits. */
  digest: string;
  /** Points available in that state. */
  points: number;
  /** The server's clock, ms. */
  time: number;
  /** HMAC-SHA256 of `seq.head.digest.points.time` with a key that only the backend has. The phone shows it, and can't check it. */
  sig: string;
}

/** The phone's ledger beside the server's. */
export interface Proof {
  /** This installation, 16 hexadecimal digits. */
  device: string;
  /** The highest number of a ledger entry that came from the server. */
  cursor: number;
  /** Digest of the state that the server should have confirmed, by the phone's own replay. */
  digest: string;
  /** `null` before the first. */
  receipt: Receipt | null;
}

/** What a transaction came to. */
export interface Transaction {
  /** Its number in the ledger. */
  n: number;
  /** For points: what the order costs less. */
  discount_fen?: number;
  /** For a mall item: the points spent. For a draw: points won with the prize. */
  points?: number;
  /** For a mall item: what remains to be paid. */
  cash_fen?: number;
  /** For a draw: the prize's id. */
  prize?: string;
  /** What it changed in the ledger. */
  lines: Line[];
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
  /** What the user has seen of experiments, oldest first; `acked`: the backend has it. */
  exposures: (Exposure & { acked: boolean })[];
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
  /** The query that the app was opened with, as in an address; forces variations. */
  query?(): string;
  /** Asks the person for subscription messages; must ask the platform before it returns. Where there are any. */
  askSubscribe?(templates: string[]): Promise<Record<string, string>>;
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
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  /** Absent with GET. */
  body?: Uint8Array;
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
  query?: string;
}

/** Node's host; its last three methods play the phone. */
export interface MemoryHost extends Host {
  show(scene?: string): void;
  hide(): void;
  network(online: boolean): void;
}
