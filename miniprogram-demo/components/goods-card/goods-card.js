const route = require('../../services/route');

Component({
  properties: {
    /** What catalog.card() gives. */
    goods: { type: Object, value: { id: '', name: '', sub: '', image: '', tag: '', sold: '', price_fen: 0, from: false } },
    /** 'tall' for grids, 'wide' for lists, 'small' for strips. */
    shape: { type: String, value: 'tall' },
  },
  methods: {
    open() {
      route.openProduct(this.data.goods.id);
    },
    add() {
      this.triggerEvent('add', { id: this.data.goods.id });
    },
  },
});
