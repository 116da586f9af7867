/** A small shop's program. */
export const PROGRAM = {
  app: 'tea-shop',
  revision: 3,
  day_zone: '+08:00',
  pages: ['home', 'product'],
  events: [
    {
      name: 'add_cart',
      dimensions: [{ name: 'category', values: ['green', 'black'] }, { name: 'city' }],
      numbers: [{ name: 'price_fen' }, { name: 'weight', decimals: 3 }],
    },
    { name: 'view_product', dimensions: [{ name: 'product' }] },
  ],
  flows: [{ name: 'purchase', steps: ['view_product', 'add_cart', 'confirm', 'order'], window_minutes: 1440 }],
  attributes: ['city'],
};
