// Shows what somebody just got: points with a coin, gifts, or a refusal. The page calls open({title, rows, note}).
Component({
  data: { show: false, title: '', points: 0, rows: [], note: '', image: '' },
  methods: {
    open({ title, rows = [], note = '', image = '' }) {
      const points = rows.reduce((sum, row) => sum + row.points, 0);
      this.setData({ show: true, title, rows, note, points, image: image || (rows.some((row) => row.isGift) ? '/assets/gift/gift-red.svg' : '/assets/gift/coin.svg') });
    },
    close() {
      this.setData({ show: false });
      this.triggerEvent('close');
    },
  },
});
