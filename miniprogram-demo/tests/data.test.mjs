import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { shop } from './support.mjs';

const root = new URL('../', import.meta.url);
const { require } = shop();
const program = JSON.parse(readFileSync(new URL('program.json', root), 'utf8'));
const catalog = require('../services/catalog');
const goods = [...require('../data/teas'), ...require('../data/wares')];
const valuesOf = (event, dimension) => program.events.find((e) => e.name === event).dimensions.find((d) => d.name === dimension).values;

test('program.js says what program.json says', () => {
  assert.deepEqual(require('../program'), program);
});

test('every product and category on sale is declared, and none that is not', () => {
  assert.deepEqual([...valuesOf('view_product', 'product')].sort(), goods.map((product) => product.id).sort());
  assert.deepEqual(valuesOf('category_tap', 'category'), catalog.categories.map((category) => category.id));
});

test('the catalogue that the collector serves is of what is on sale', () => {
  const served = JSON.parse(readFileSync(new URL('catalogue.json', root), 'utf8'));
  const { neighbours, ...rest } = served;
  assert.deepEqual(rest, require('../services/offer').own());
  assert.ok(neighbours.length > 100);
  assert.deepEqual([...valuesOf('order_item', 'product')].sort(), goods.map((product) => product.id).sort());
});

test('every page is declared under the name of its folder', () => {
  const pages = require('../app.json').pages.map((path) => path.split('/').pop());
  assert.deepEqual([...program.pages].sort(), pages.sort());
});

test('every banner and size is declared', () => {
  assert.deepEqual(valuesOf('banner_tap', 'banner'), require('../data/home').banners.map((banner) => banner.id));
  const sizes = new Set(goods.flatMap((product) => product.specs.map((spec) => spec.size)));
  assert.deepEqual([...sizes].sort(), [...valuesOf('choose_spec', 'size')].sort());
});

test('everything that the loyalty program refers to has a name in the shop', () => {
  const copy = require('../data/loyalty');
  const { check_in: checkIn, every_n_orders: stamps, lottery, mall, membership, points, referral, rewards, tiers } = program;
  const gifts = [...checkIn.milestones, ...rewards, stamps, referral.inviter, referral.invitee];
  const named = (list, table) => list.filter(Boolean).forEach((ref) => assert.ok(table[ref], ref));
  named(gifts.map((gift) => gift.coupon), copy.coupons);
  named(gifts.map((gift) => gift.ticket), copy.lotteries);
  named([...tiers.levels.flatMap((level) => level.benefits), ...membership.benefits], copy.benefits);
  named(mall.map((item) => item.id), copy.mall);
  named(lottery.flatMap(({ prizes }) => prizes.map((prize) => prize.id)), copy.prizes);
  named(membership.plans.map((plan) => plan.id), copy.plans);
  named(points.activities.map((activity) => activity.name), copy.activities);
  named(rewards.map((reward) => reward.offer), copy.offers);
  assert.equal(tiers.levels.length, copy.tiers.length);
});

test('prices are whole fen and an old price is higher than the present one', () => {
  for (const product of goods) {
    for (const spec of product.specs) assert.ok(Number.isInteger(spec.price_fen) && spec.price_fen > 0, `${product.id} ${spec.id}`);
    if (product.was_fen) assert.ok(product.was_fen > catalog.standard(product).price_fen, product.id);
  }
});

test('every picture that the data or a page names is there', () => {
  const texts = ['data', 'pages', 'components', 'services'].flatMap((folder) => filesUnder(new URL(`${folder}/`, root)));
  const named = new Set(texts.flatMap((text) => [...text.matchAll(/\/assets\/[\w/-]+\.(?:svg|png)/g)].map(([path]) => path)));
  for (const product of goods) catalog.gallery(product).forEach((path) => named.add(path));
  for (const category of catalog.categories) named.add(`/assets/goods/${category.image}.svg`);
  assert.ok(named.size > 40);
  for (const path of named) assert.ok(existsSync(new URL(path.slice(1), root)), path);
});

test('every icon that is asked for by name is drawn', () => {
  const icons = require('../components/icon/paths');
  const texts = [...filesUnder(new URL('pages/', root)), ...filesUnder(new URL('components/', root))].join('\n');
  const asked = [...texts.matchAll(/<icon [^>]*name="([\w-]+)"/g), ...texts.matchAll(/icon: '([\w-]+)',/g)].map(([, name]) => name).filter((name) => name !== 'none');
  assert.ok(asked.length > 20);
  for (const name of asked) assert.ok(icons[name], name);
});

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.(js|wxml|wxss)$/.test(entry.name))
    .map((entry) => readFileSync(`${entry.parentPath || entry.path}/${entry.name}`, 'utf8'));
}
