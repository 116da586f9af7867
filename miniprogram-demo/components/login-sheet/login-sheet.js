const engine = require('../../services/engine');
const session = require('../../services/session');

// Signs in with a demo account. The page opens it and hears 'done'.
Component({
  data: { show: false, accounts: session.accounts, current: '', busy: '', failed: '' },
  methods: {
    open() {
      this.setData({ show: true, failed: '', current: session.userId() || '' });
    },
    close() {
      this.setData({ show: false });
    },
    async login(e) {
      const { id } = e.currentTarget.dataset;
      if (this.data.busy) return;
      this.setData({ busy: id, failed: '' });
      try {
        const account = await session.login(id);
        await engine.tellWho();
        this.close();
        this.triggerEvent('done', account);
      } catch (error) {
        this.setData({ failed: error.message });
      }
      this.setData({ busy: '' });
    },
  },
});
