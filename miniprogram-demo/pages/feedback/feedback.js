// How the last order was: stars and one subject, counted like any event. Words would not fit a summary, so none are asked for.
const catalog = require('../../services/catalog');
const engine = require('../../services/engine');
const notices = require('../../services/notices');
const orders = require('../../services/orders');
const route = require('../../services/route');

const STARS = [1, 2, 3, 4, 5];
const FEELINGS = ['', '很失望', '不太好', '还可以', '挺满意', '非常喜欢'];
const SUBJECTS = [
  { id: 'taste', name: '口感' }, { id: 'pack', name: '包装' }, { id: 'delivery', name: '送货' }, { id: 'service', name: '客服' }, { id: 'price', name: '价格' },
];
const GOOD = 4;

/** What the last order began with, as the page shows it. */
function lastTea() {
  const [order] = orders.list();
  const product = order && catalog.find(order.lines[0].product);
  return product ? { name: product.name, image: catalog.image(product), more: order.lines.length - 1 } : null;
}

Page({
  ...engine.pageHooks('feedback'),

  data: { tea: null, all: STARS, subjects: SUBJECTS, stars: 0, feeling: '', about: '', thanks: '' },

  onLoad() {
    this.setData({ tea: lastTea() });
  },

  rate(e) {
    const { stars } = e.currentTarget.dataset;
    this.setData({ stars, feeling: FEELINGS[stars] });
  },

  choose(e) {
    const { id } = e.currentTarget.dataset;
    this.setData({ about: id === this.data.about ? '' : id });
  },

  send() {
    const { stars, about, thanks } = this.data;
    if (!stars || thanks) return;
    engine.track('feedback', about ? { stars, about } : { stars });
    notices.settle('ask-feedback');
    this.setData({ thanks: stars >= GOOD ? '谢谢您，山里做茶的人听了会高兴' : '谢谢您直说，我们会改' });
  },

  openHome() {
    route.openHome();
  },
});
