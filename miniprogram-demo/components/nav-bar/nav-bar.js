const { navigation } = require('../../utils/screen');
const route = require('../../services/route');

Component({
  options: { multipleSlots: true },
  properties: {
    title: String,
    back: Boolean,
    dark: Boolean,
    solid: Boolean,
    flat: Boolean,
  },
  data: navigation(),
  methods: {
    goBack() {
      route.back();
    },
  },
});
