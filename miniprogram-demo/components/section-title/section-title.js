Component({
  properties: { title: String, over: String, more: String },
  methods: {
    tap() {
      this.triggerEvent('more');
    },
  },
});
