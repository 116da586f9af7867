const loyalty = require('../../services/loyalty');

// Why a line of the ledger is what it is. The page calls open(id).
Component({
  data: { show: false, line: null },
  methods: {
    async open(id) {
      try {
        this.setData({ line: await loyalty.explain(id), show: true });
      } catch (error) {
        wx.showToast({ title: error.message, icon: 'none' });
      }
    },
    close() {
      this.setData({ show: false });
    },
  },
});
