// A coupon as a torn-off ticket. A tap on its button: 'use' {right}.
Component({
  properties: { coupon: Object, busy: Boolean },
  methods: {
    use() {
      if (!this.data.coupon.granted && !this.data.busy) this.triggerEvent('use', { right: this.data.coupon.right });
    },
  },
});
