'use strict';

// Fetches this page again every few seconds and puts its content in place of the shown one.
(() => {
  const EVERY_MS = 3000;
  const live = document.getElementById('live');

  async function refresh() {
    if (document.hidden) return;
    try {
      const response = await fetch(location.href, { cache: 'no-store' });
      if (!response.ok) throw new Error(String(response.status));
      const next = new DOMParser().parseFromString(await response.text(), 'text/html');
      document.getElementById('main').replaceWith(next.getElementById('main'));
      live.textContent = next.getElementById('live').textContent;
      document.body.classList.remove('lost');
    } catch (error) {
      live.textContent = '连接中断，正在重试';
      document.body.classList.add('lost');
    }
  }

  async function loop() {
    await refresh();
    setTimeout(loop, EVERY_MS);
  }

  setTimeout(loop, EVERY_MS);
})();
