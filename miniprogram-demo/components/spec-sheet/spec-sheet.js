const buying = require('../../services/buying');
const catalog = require('../../services/catalog');
const engine = require('../../services/engine');

// Chooses a size and a quantity of one product. `way` decides the buttons: 'both', 'cart' or 'buy_now'.
Component({
  data: { show: false, way: 'both', product: null, chosen: null, quantity: 1 },
  methods: {
    /** Opens for a product; called by the page. */
    open(id, way, specId) {
      const product = catalog.find(id);
      const chosen = specId ? catalog.spec(product, specId) : catalog.standard(product);
      this.setData({
        show: true, way: way || 'both', quantity: 1, chosen,
        product: { id, name: product.name, image: catalog.image(product), specs: product.specs, category: product.category },
      });
    },
    close() {
      this.setData({ show: false });
    },
    choose(e) {
      const { product } = this.data;
      const chosen = product.specs[e.currentTarget.dataset.index];
      if (chosen.id === this.data.chosen.id) return;
      this.setData({ chosen });
      engine.track('choose_spec', { category: product.category, size: chosen.size, price_fen: chosen.price_fen });
      this.triggerEvent('choose', { spec: chosen.id });
    },
    count(e) {
      this.setData({ quantity: e.detail.value });
    },
    line() {
      const { product, chosen, quantity } = this.data;
      return { product: product.id, spec: chosen.id, quantity };
    },
    add() {
      this.close();
      buying.addToCart(this.line());
      this.triggerEvent('added');
    },
    buy() {
      this.close();
      buying.buyNow(this.line());
    },
  },
});
