'use strict';

// Fetches this page again every few seconds and puts its content in place of the shown one; new lines light up.
(() => {
  const EVERY_MS = 3000;
  const live = document.getElementById('live');

  const lines = () => Array.from(document.querySelectorAll('tbody tr'));

  async function refresh() {
    if (document.hidden) return;
    try {
      const response = await fetch(location.href, { cache: 'no-store' });
      if (!response.ok) throw new Error(String(response.status));
      const next = new DOMParser().parseFromString(await response.text(), 'text/html');
      const shown = new Set(lines().map((line) => line.innerHTML));
      document.getElementById('main').replaceWith(next.getElementById('main'));
      lines().forEach((line) => line.classList.toggle('new', !shown.has(line.innerHTML)));
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
