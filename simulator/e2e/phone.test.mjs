// The fixture in headless Chromium, by mouse and by touch: what a shop needs of a phone.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildProject } from '../build/bundle.mjs';
import { createSimulatorServer, listen } from '../server.mjs';
import { FIXTURE, temporaryFolder } from '../test/fixture.mjs';
import { launch, Phone, skipReason } from './browser.mjs';

const DAY_MS = 86400000;

/** A backend that tells what it was sent. */
function echoServer() {
  return http.createServer(async (request, response) => {
    const body = await new Response(request).text();
    if (request.url.startsWith('/slow')) return; // never answers
    response.writeHead(201, { 'content-type': 'application/json', 'Retry-After': '7' });
    response.end(JSON.stringify({ method: request.method, body, auth: request.headers.authorization }));
  });
}

const listenAnywhere = (server) => new Promise((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
});

describe('a mini-program in the simulator', { skip: skipReason }, () => {
  const folder = temporaryFolder();
  let browser;
  let server;
  let echo;
  let url;
  let backend;

  before(async () => {
    const { problems } = buildProject(FIXTURE, path.join(folder, 'out'));
    assert.deepEqual(problems.lines(), []);
    server = createSimulatorServer(path.join(folder, 'out'));
    url = await listen(server, 0);
    echo = echoServer();
    backend = await listenAnywhere(echo);
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    for (const each of [server, echo]) {
      each?.closeAllConnections();
      each?.close();
    }
    fs.rmSync(folder, { recursive: true });
  });

  for (const isTouch of [false, true]) {
    describe(isTouch ? 'by touch' : 'by mouse', () => {
      let phone;
      before(async () => { phone = await Phone.open(browser, url, { isTouch }); });
      after(async () => {
        assert.deepEqual(phone.errors, []);
        await phone.close();
      });

      it('draws bindings, loops, conditions, templates and WXS', async () => {
        assert.equal(await phone.text('#hello'), '你好，回头');
        assert.equal(await phone.text('#price'), '¥19.90 Array true');
        assert.equal(await phone.text('.tag'), 'T3');
        assert.deepEqual(await phone.page.locator('.item').allInnerTexts(), ['0 商品0', '1 商品1', '2 商品2']);
        assert.equal(await phone.text('#unpicked'), 'none');
      });

      it('styles by page, component and screen width', async () => {
        const style = (selector, name) => phone.find(selector).evaluate((element, key) => getComputedStyle(element)[key], name);
        assert.equal(await style('.box', 'paddingLeft'), '10.4px'); // 20rpx of 390 px
        assert.equal(await style('[class*="count"]', 'color'), 'rgb(47, 111, 79)');
        assert.equal(await style('#card [class*="own"]', 'color'), 'rgb(0, 0, 0)', 'app styles stay out of an isolated component');
        assert.equal(await style('#card > wx-view > wx-text', 'color'), 'rgb(1, 2, 3)', 'slot content belongs to the page');
        assert.equal(await style('#fixed', 'position'), 'fixed');
      });

      it('loads images of the package', async () => {
        assert.equal((await phone.data()).imageLoads, 1);
        assert.equal((await phone.data()).imageWidth, 40);
      });

      it('handles taps with dataset, bubbling and catch', async () => {
        await phone.tap('.item >> nth=1');
        await phone.waitText('#picked', 'picked i1 商品1');
        await phone.tap('#inner');
        await phone.waitText('#trace', 'inner');
      });

      it('binds inputs one way and two ways', async () => {
        await phone.find('#name input').fill('龙井');
        await phone.find('#name input').press('Enter');
        await phone.find('#model input').fill('乙');
        await phone.waitText('#typed', '龙井|乙|龙井');
      });

      it('stores, shows a toast, and ignores a disabled button', async () => {
        await phone.tap('#off');
        assert.equal(await phone.text('#saved'), '');
        await phone.tap('#save');
        await phone.waitText('#saved', '龙井');
        assert.equal(await phone.page.locator('.phone-toast').innerText(), '✓\n已保存');
        assert.equal((await phone.control('storage')).saved, '龙井');
      });

      it('runs components: slots, properties, observers, events, page lifetimes', async () => {
        assert.match(await phone.text('#card'), /标题\s*计数:3\s*内容/);
        await phone.tap('#card');
        await phone.waitText('#counted', '4 1');
      });

      it('collects a form, and resets it', async () => {
        await phone.tap('#switch');
        await phone.tap('#label-a');
        await phone.tap('#radio-l');
        await phone.tap('#picker');
        await phone.touch(phone.page.getByRole('button', { name: '杭州' }));
        await phone.waitText('#city', '杭州');
        await phone.tap('#submit');
        assert.deepEqual(JSON.parse(await phone.waitText('#submitted', /./)), { vip: true, tags: ['a', 'b'], size: 'l', note: '备注', city: 1 });
        await phone.tap('#reset');
        await phone.waitText('#submitted', 'reset');
        await phone.tap('#submit');
        const value = JSON.parse(await phone.waitText('#submitted', /^\{/));
        assert.deepEqual([value.vip, value.tags, value.size], [false, ['b'], 's']);
      });

      it('scrolls a scroll-view and tells about its end', async () => {
        assert.equal(await phone.text('#scrolled'), '0 top');
        await phone.drag('#scroll', { y: -60 });
        await phone.waitText('#scrolled', /moved/);
        await phone.tap('#reveal');
        await phone.waitText('#scrolled', '1 moved');
      });

      it('swipes', async () => {
        await phone.drag('#swiper', { x: -200 });
        await phone.waitText('#swiped', '1 i1 touch');
      });

      it('keeps scripts out of rich-text', async () => {
        assert.equal(await phone.find('#rich').innerHTML(), '<b>粗</b><i>斜</i>');
      });

      it('gives a canvas node and touches relative to the page', async () => {
        const pixel = await phone.find('#canvas canvas').evaluate((canvas) => (
          [canvas.width, ...canvas.getContext('2d').getImageData(5, 5, 1, 1).data]
        ));
        assert.deepEqual(pixel, [200, 11, 122, 75, 255]);
        await phone.tap('#canvas');
        await phone.waitText('#canvas-out', 'start 1 50 end 1');
      });

      it('asks with a modal and an action sheet', async () => {
        await phone.tap('#modal');
        await phone.touch(phone.page.getByRole('button', { name: '确定', exact: true }));
        await phone.waitText('#modal-out', 'true');
        await phone.tap('#sheet');
        await phone.touch(phone.page.getByRole('button', { name: '二', exact: true }));
        await phone.waitText('#sheet-out', '1');
        await phone.tap('#sheet');
        await phone.touch(phone.page.getByRole('button', { name: '取消' }));
        await phone.waitText('#sheet-out', 'showActionSheet:fail cancel');
      });

      it('measures elements', async () => {
        await phone.tap('#query');
        await phone.waitText('#query-out', '3 i1 true');
      });

      it('shares with the page\'s own card', async () => {
        await phone.tap('#share');
        assert.equal(await phone.page.locator('.phone-toast').innerText(), '已转发：来看看');
      });

      it('loads wasm by path only', async () => {
        await phone.tap('#wasm');
        await phone.waitText('#wasm-out', /^42 WXWebAssembly\.instantiate: the first argument must be the path/);
      });

      it('hides the browser from the app', async () => {
        await phone.tap('#hidden');
        await phone.waitText('#hidden-out', 'undefined undefined EvalError');
      });

      it('refuses unknown functions of wx loudly', async () => {
        await phone.tap('#loud');
        await phone.waitText('#loud-out', /^wx\.chooseLocation is not implemented by the simulator.* falsetrue$/);
      });

      it('sends requests without a same-origin policy', async () => {
        await phone.page.evaluate((value) => localStorage.setItem('mini-program:touristappid:url', JSON.stringify(value)), backend);
        await phone.tap('#request');
        await phone.waitText('#response', '201 {"method":"POST","body":"{\\"a\\":1}","auth":"Bearer t"} 7');
      });

      it('goes to a page with a query, and back', async () => {
        await phone.tap('#go');
        await phone.waitText('#query', '{"id":"1","title":"%E6%98%A5%E8%8C%B6"}2');
        assert.equal(await phone.text('.phone-nav-title'), '春茶');
        assert.deepEqual(await phone.control('pages'), ['pages/home/home', 'pages/detail/detail']);
        const padding = await phone.find('.item').evaluate((element) => getComputedStyle(element).paddingTop);
        assert.equal(padding, '10.4px', 'the other page\'s .item styles stay there');
        await phone.tap('#replace');
        await phone.waitText('#query', '{"id":"replaced"}2');
        await phone.tap('#again');
        await phone.waitText('#query', '{"id":"again"}3');
        await phone.tap('.phone-nav-back');
        await phone.waitText('#query', '{"id":"replaced"}2');
        await phone.tap('#back');
        await phone.waitText('#hello', '你好，回头');
        await phone.tap('#nav');
        await phone.waitText('#query', '{"id":"2","from":"nav"}2');
        await phone.tap('#back');
        await phone.waitText('#picked', 'picked i1 商品1');
      });

      it('switches tabs and keeps their state', async () => {
        await phone.touch(phone.page.locator('#phone-tabbar button', { hasText: '我的' }));
        const log = await phone.waitText('#log', /home hide/);
        assert.match(log, /^launch pages\/home\/home 1001,app show,home load,home show,home ready,/);
        await phone.touch(phone.page.locator('#phone-tabbar button', { hasText: '首页' }));
        await phone.waitText('#picked', 'picked i1 商品1');
      });
    });
  }

  describe('what happens to a phone', () => {
    let phone;
    before(async () => { phone = await Phone.open(browser, url); });
    after(async () => {
      assert.deepEqual(phone.errors, ['made to fail']);
      await phone.close();
    });

    it('keeps storage over a kill, and nothing else', async () => {
      await phone.find('#name input').fill('大红袍');
      await phone.tap('#save');
      await phone.restart('kill');
      assert.equal(await phone.page.locator('.phone-page').count(), 0);
      const loaded = phone.page.waitForEvent('load');
      await phone.page.getByRole('button', { name: /重新打开/ }).click();
      await loaded;
      await phone.waitText('#saved', '大红袍');
      assert.equal(await phone.text('#typed'), '||');
    });

    it('relaunches at a page with a scene', async () => {
      await phone.restart('relaunch', 'pages/detail/detail?id=9');
      await phone.waitText('#query', '{"id":"9"}1');
      await phone.restart('relaunch');
      await phone.waitText('#hello', '你好，回头');
    });

    it('cuts the network and tells the app', async () => {
      await phone.page.evaluate((value) => localStorage.setItem('mini-program:touristappid:url', JSON.stringify(value)), backend);
      await phone.control('offline', true);
      assert.equal((await phone.data()).network, 'false none');
      await phone.tap('#request');
      await phone.waitText('#response', 'request:fail net::ERR_INTERNET_DISCONNECTED');
      await phone.restart('relaunch');
      await phone.tap('#request');
      await phone.waitText('#response', 'request:fail net::ERR_INTERNET_DISCONNECTED');
      await phone.control('offline', false);
      assert.equal((await phone.data()).network, 'true wifi');
      await phone.tap('#request');
      await phone.waitText('#response', /^201 /);
    });

    it('gives up on a request after its timeout, and when nobody listens', async () => {
      await phone.page.evaluate((value) => localStorage.setItem('mini-program:touristappid:url', JSON.stringify(value)), `${backend}/slow?`);
      await phone.tap('#request');
      await phone.waitText('#response', 'request:fail timeout');
      await phone.page.evaluate(() => localStorage.setItem('mini-program:touristappid:url', '"http://127.0.0.1:1"'));
      await phone.tap('#request');
      await phone.waitText('#response', 'request:fail ECONNREFUSED');
    });

    it('moves the clock of the app alone', async () => {
      const before = Date.now();
      await phone.control('advanceDays', 1);
      await phone.tap('#clock');
      const [now, made, year, isDate] = (await phone.waitText('#clock-out', /,/)).split(',');
      assert.ok(now - before >= DAY_MS && now - before < DAY_MS + 60000);
      assert.ok(Math.abs(made - now) < 1000);
      assert.deepEqual([year, isDate], ['2020', 'true']);
      await phone.restart('relaunch');
      assert.ok(await phone.control('now') - Date.now() > DAY_MS / 2, 'a restart keeps the clock');
      await phone.control('setClockOffset', 0);
    });

    it('hides and shows the app: page first, then app', async () => {
      await phone.restart('relaunch');
      await phone.waitText('#hello', '你好，回头');
      await phone.control('hide');
      assert.ok((await phone.control('storage')).hidden_at > 0, 'onHide can write synchronously');
      await phone.control('show');
      await phone.touch(phone.page.locator('#phone-tabbar button', { hasText: '我的' }));
      await phone.waitText('#log', /home hide,app hide,app show,home show,home hide$/);
      await phone.touch(phone.page.locator('#phone-tabbar button', { hasText: '首页' }));
    });

    it('suspends timers while frozen', async () => {
      await phone.tap('#tick');
      await phone.waitText('#tick-out', '1');
      await phone.tap('#tick');
      await phone.control('hide');
      await phone.control('freeze');
      await phone.page.waitForTimeout(1000);
      assert.equal((await phone.data()).tick, 1);
      await phone.control('show');
      await phone.waitText('#tick-out', '2');
    });

    it('suspends by itself some time after hiding, when asked to', async () => {
      await phone.control('freezeOnHide', true, 30);
      await phone.control('hide');
      await phone.page.waitForFunction(() => window.__simulator.state.frozen);
      await phone.page.getByRole('button', { name: /点按回来/ }).click();
      await phone.control('freezeOnHide', false);
      await phone.tap('#tick');
      await phone.waitText('#tick-out', '3');
    });

    it('reports uncaught errors', async () => {
      await phone.touch(phone.page.locator('#phone-tabbar button', { hasText: '我的' }));
      await phone.tap('#bad');
      await phone.page.waitForFunction(() => window.__simulator.errors().some((text) => text.includes('made to fail')));
    });

    it('empties its storage on request', async () => {
      await phone.restart('clearStorage');
      await phone.waitText('#saved', '');
      assert.deepEqual(await phone.control('storage'), {});
    });
  });

  it('frames the phone on a wide screen, with a bar that works', async () => {
    const context = await browser.newContext({ viewport: { width: 1100, height: 920 } });
    const page = await context.newPage();
    await page.goto(url);
    const app = page.frameLocator('#phone');
    await app.locator('#hello').waitFor();
    await page.getByRole('button', { name: '断开网络' }).click();
    await page.getByRole('button', { name: '恢复网络' }).waitFor();
    await page.getByRole('button', { name: '切后台' }).click();
    await page.getByRole('button', { name: '回前台' }).click();
    await page.getByRole('button', { name: '明天' }).click();
    const state = await page.evaluate(() => window.__simulator.state);
    assert.deepEqual([state.offline, state.hidden, state.offset_ms], [true, false, DAY_MS]);
    await page.getByRole('button', { name: '杀进程重启' }).click();
    await app.locator('#hello').waitFor();
    await context.close();
  });
});
