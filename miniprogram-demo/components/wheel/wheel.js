// The lottery wheel. The server draws; spinTo(prize) only turns until that prize stands under the hand, then 'rest'.
const TURNS = 5;
const SPIN_MS = 4200;

Component({
  properties: { prizes: Array },
  data: { angle: 0, slices: [], colors: '', spin_ms: SPIN_MS },
  observers: {
    prizes(prizes) {
      const share = 360 / Math.max(1, prizes.length);
      const tones = ['#fdf3d9', '#f4d797'];
      const stops = prizes.map((_, i) => `${tones[i % 2]} ${i * share}deg ${(i + 1) * share}deg`);
      this.setData({ colors: `conic-gradient(${stops.join(', ')})`, slices: prizes.map((prize, i) => ({ id: prize.id, short: prize.short, angle: (i + 0.5) * share })) });
    },
  },
  methods: {
    spinTo(id) {
      const slice = this.data.slices.find((s) => s.id === id);
      const rest = slice ? 360 - slice.angle : 0;
      const now = this.data.angle;
      this.setData({ angle: now - (now % 360) + TURNS * 360 + rest });
      return new Promise((resolve) => { setTimeout(resolve, SPIN_MS); });
    },
    tap() {
      this.triggerEvent('draw');
    },
  },
});
