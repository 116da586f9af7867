// What the program's references are called and look like in the shop. The program itself says what they are worth.
module.exports = {
  coupons: {
    'cup-10': { title: '茶资券', worth: '10', unit: '元', note: '满 99 可用' },
    'ship-free': { title: '包邮券', worth: '邮', unit: '', note: '任意订单可用' },
    'gift-tasting': { title: '品鉴礼', worth: '礼', unit: '', note: '三款小样一份' },
    'cup-30': { title: '老友券', worth: '30', unit: '元', note: '满 199 可用' },
  },
  benefits: {
    'birthday-gift': { name: '生日礼', icon: 'cake', note: '当天积分双倍' },
    'free-shipping': { name: '全场包邮', icon: 'vehicle', note: '不限金额' },
    'points-150': { name: '1.5 倍积分', icon: 'star-filled', note: '购物多得一半' },
    'points-200': { name: '双倍积分', icon: 'star-filled', note: '购物得两倍' },
    'early-tasting': { name: '新茶先尝', icon: 'tea', note: '上市前寄样' },
    'own-service': { name: '专属掌柜', icon: 'service', note: '一对一应答' },
    'member-price': { name: '会员价', icon: 'discount', note: '全场 9.5 折' },
    'sample-pack': { name: '每单小样', icon: 'gift', note: '随单附赠' },
  },
  tiers: [
    { medal: '/assets/gift/medal-jade.svg', look: 'jade', motto: '初识山月' },
    { medal: '/assets/gift/medal-silver.svg', look: 'silver', motto: '常来常往' },
    { medal: '/assets/gift/medal-gold.svg', look: 'gold', motto: '座上嘉宾' },
    { medal: '/assets/gift/medal-night.svg', look: 'night', motto: '知己之交' },
  ],
  mall: {
    'sample-box': { name: '三款小样茶包', image: '/assets/goods/starter.svg', note: '龙井 · 铁观音 · 小种' },
    'tea-cups': { name: '品茗杯一对', image: '/assets/goods/cups.svg', note: '白瓷 60 毫升' },
    'glass-pitcher': { name: '公道杯', image: '/assets/goods/pitcher.svg', note: '积分加钱换' },
    'gaiwan-set': { name: '山月盖碗', image: '/assets/goods/gaiwan.svg', note: '每人限两件' },
  },
  lotteries: { wheel: { name: '山月转盘', note: '签到与下单都能得抽奖券' } },
  prizes: {
    'points-5': { name: '5 积分', short: '5 分' },
    'points-20': { name: '20 积分', short: '20 分' },
    'points-100': { name: '100 积分', short: '100 分' },
    sample: { name: '小样一泡', short: '小样' },
    'ship-free': { name: '包邮券', short: '包邮' },
    none: { name: '下次一定', short: '再来' },
  },
  plans: {
    month: { name: '月卡', note: '先尝尝看' },
    season: { name: '季卡', note: '一季茶事' },
    year: { name: '年卡', note: '最划算' },
  },
  activities: { share: { name: '分享给茶友', icon: 'share' }, lesson: { name: '读一篇茶课', icon: 'tea' } },
  rewards: {
    'spend-500': { name: '累计满 500 元', note: '每满 500 元送一次' },
    'green-pack': { name: '绿茶客专属' },
    'steps': { name: '满额立减' },
  },
  offers: {
    'cups-offer': { title: '买过绿茶，配一对杯', note: '品茗杯立减 20 元', product: 'cups', image: '/assets/goods/cups.svg' },
  },
  games: {
    group_buy: { name: '好友拼团', note: '还差一点就成团', icon: 'usergroup-add', action: '邀一位茶友' },
    bargain: { name: '帮我砍一刀', note: '砍到底价带走', icon: 'cut', action: '请好友砍一刀' },
  },
};
