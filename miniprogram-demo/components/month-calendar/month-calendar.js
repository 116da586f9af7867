// A month of check-ins. A date that can be made up is tapped: 'missed' {day}; the arrows: 'turn' {by}.
Component({
  properties: { month: { type: Object, value: { title: '', cells: [] } }, back: Number, last: { type: Number, value: 1 } },
  data: { weekdays: ['一', '二', '三', '四', '五', '六', '日'] },
  methods: {
    choose(e) {
      const { day, look } = e.currentTarget.dataset;
      if (look === 'missed') this.triggerEvent('missed', { day });
    },
    earlier() {
      if (this.data.back < this.data.last) this.triggerEvent('turn', { by: 1 });
    },
    later() {
      if (this.data.back > 0) this.triggerEvent('turn', { by: -1 });
    },
  },
});
