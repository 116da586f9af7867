const { priceParts } = require('../../utils/format');

Component({
  options: { virtualHost: true },
  properties: {
    fen: Number,
    size: { type: Number, value: 40 },
    color: { type: String, value: '#b8402a' },
    short: { type: Boolean, value: true },
    from: Boolean,
    struck: Boolean,
  },
  data: { whole: '0', cents: '' },
  observers: {
    'fen, short'(fen, short) {
      this.setData(priceParts(fen, short));
    },
  },
});
