Component({
  properties: {
    value: { type: Number, value: 1 },
    min: { type: Number, value: 1 },
    max: { type: Number, value: 99 },
  },
  methods: {
    less() {
      this.change(this.data.value - 1);
    },
    more() {
      this.change(this.data.value + 1);
    },
    change(value) {
      if (value < this.data.min) this.triggerEvent('below');
      else if (value <= this.data.max) this.triggerEvent('change', { value });
    },
  },
});
