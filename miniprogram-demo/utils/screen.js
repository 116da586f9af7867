// Where the status bar and the capsule are, for pages that draw their own navigation bar.
let measured = null;

/** {top, height, right} of the custom navigation line, in px. Measured once. */
function navigation() {
  if (measured) return measured;
  const { statusBarHeight, windowWidth } = wx.getWindowInfo();
  const capsule = wx.getMenuButtonBoundingClientRect();
  measured = { top: statusBarHeight, height: (capsule.top - statusBarHeight) * 2 + capsule.height, right: windowWidth - capsule.left + 8 };
  return measured;
}

module.exports = { navigation };
