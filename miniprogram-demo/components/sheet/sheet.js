Component({
  options: { multipleSlots: true },
  properties: {
    show: Boolean,
    title: String,
    /** Whether a tap outside closes it. */
    locked: Boolean,
  },
  methods: {
    close() {
      this.triggerEvent('close');
    },
    outside() {
      if (!this.data.locked) this.close();
    },
    stop() {},
  },
});
