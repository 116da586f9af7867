// What the shopkeeper puts in the window.
module.exports = {
  banners: [
    { id: 'spring', image: '/assets/scene/banner-spring.svg', over: 'SPRING 2026', title: '明前新茶已到', note: '狮峰头采 · 当日炒当日寄', category: 'green', dark: false },
    { id: 'hearth', image: '/assets/scene/banner-hearth.svg', over: 'WARM UP', title: '围炉煮老茶', note: '白茶红茶 · 一壶暖一冬', category: 'black', dark: true },
    { id: 'moon', image: '/assets/scene/banner-moon.svg', over: 'GIFTS', title: '把月色装进盒', note: '四时茶礼 · 附手写卡', category: 'gift', dark: true },
  ],
  promises: ['产地直采', '满 199 包邮', '七日不合口味包退'],
  recommended: ['shoumei', 'longjing', 'gaiwan', 'dahongpao', 'giftbox', 'jasmine'],
  fresh: ['bingdao', 'tieguanyin', 'yinzhen', 'cups', 'xiaozhong', 'maofeng', 'starter', 'qimen'],
  ofTheDay: ['shoumei', 'longjing', 'xiaozhong', 'tieguanyin', 'shupu', 'jasmine', 'yinzhen'],
  hotWords: ['龙井', '老白茶', '盖碗', '普洱', '送礼', '茉莉', '新手'],
};
