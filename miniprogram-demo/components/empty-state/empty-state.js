Component({
  properties: { image: String, title: String, note: String, action: String },
  methods: {
    tap() {
      this.triggerEvent('action');
    },
  },
});
