// Tea ware and gift boxes. Prices are in fen.
module.exports = [
  {
    id: 'zisha', category: 'ware', name: '西施壶·原矿朱泥', sub: '宜兴全手工，出水如柱，三点一线', tags: ['全手工', '附收藏卡'],
    origin: '江苏宜兴 · 丁蜀', season: '容量 160ml', sold: 143, was_fen: 136000,
    specs: [{ id: 'm', size: 'standard', name: '单壶', price_fen: 118000 }, { id: 'l', size: 'large', name: '壶 + 养壶笔', price_fen: 126000 }],
    story: '拍身筒、搓壶嘴、推墙刮底，师傅一天只做得一把。握在手里圆润温厚，越养越亮，是会陪你变老的器物。',
    reviews: [{ who: '养壶人', stars: 5, text: '断水利落，盖子严丝合缝。泡了半个月已经有包浆的意思了。', days: 16 }],
  },
  {
    id: 'gaiwan', category: 'ware', name: '青瓷三才盖碗·远山', sub: '龙泉梅子青，手绘远山，描金口沿', tags: ['龙泉青瓷', '新手友好'],
    origin: '浙江龙泉', season: '容量 140ml', sold: 1320,
    specs: [{ id: 'm', size: 'standard', name: '盖碗', price_fen: 16800 }, { id: 'l', size: 'large', name: '盖碗 + 公道杯', price_fen: 24800 }],
    story: '盖为天，托为地，碗为人。翻口做得宽，拇指与中指一提便走，不烫手。釉色像雨后的山。',
    reviews: [{ who: '慢慢', stars: 5, text: '新手不烫手！颜色比照片还好看，像玉。', days: 5 }, { who: '林下', stars: 5, text: '描金很细，送闺蜜的，她拍了三十张照片。', days: 27 }],
  },
  {
    id: 'cups', category: 'ware', name: '天青品茗杯·一对', sub: '薄胎聚香，温润如玉，对饮成双', tags: ['一对装'],
    origin: '江西景德镇', season: '容量 60ml × 2', sold: 876,
    specs: [{ id: 'm', size: 'standard', name: '一对', price_fen: 9800 }, { id: 'l', size: 'large', name: '四只装', price_fen: 17800 }],
    story: '雨过天青云破处。杯壁薄而不透，口沿微敛，把香气拢在鼻尖。一只自饮，一只等人。',
    reviews: [{ who: '知微', stars: 5, text: '手感特别好，聚香明显，喝乌龙一绝。', days: 10 }],
  },
  {
    id: 'pitcher', category: 'ware', name: '耐热玻璃公道杯', sub: '高硼硅，鹰嘴断水，看得见的汤色', tags: ['好评过千'],
    origin: '河北沧州', season: '容量 350ml', sold: 5120,
    specs: [{ id: 'm', size: 'standard', name: '单只', price_fen: 4900 }],
    story: '一壶茶，先浓后淡，倒进公道杯便匀了。看得见汤色，也看得见时间。',
    reviews: [{ who: '直饮', stars: 5, text: '断水很干净，不滴。玻璃厚薄刚好。', days: 4 }],
  },
  {
    id: 'giftbox', category: 'gift', name: '山月礼·四时茶礼盒', sub: '春绿夏白秋乌冬红，一盒四季', tags: ['附手写卡', '可代寄'],
    origin: '山月茶事 · 甄选', season: '四听 · 每听 50g', sold: 1045, was_fen: 59800,
    specs: [{ id: 'm', size: 'standard', name: '四时礼盒', price_fen: 52800 }, { id: 'l', size: 'large', name: '礼盒 + 品茗杯', price_fen: 61800 }],
    story: '春有龙井，夏有银针，秋有铁观音，冬有小种。四听茶，四张节气卡，替你把一年说给远方的人听。',
    reviews: [{ who: '远志', stars: 5, text: '客户收到都问哪里买的，手写卡很加分。', days: 6 }],
  },
  {
    id: 'starter', category: 'gift', name: '初见·入门茶席', sub: '盖碗、小杯、三款小样，一次备齐', tags: ['新手第一套'],
    origin: '山月茶事 · 甄选', season: '一席一人', sold: 690,
    specs: [{ id: 'm', size: 'standard', name: '一人席', price_fen: 23800 }, { id: 'l', size: 'large', name: '二人席', price_fen: 32800 }],
    story: '想喝茶，又不知从哪一只杯子开始？这一套就够了：会用盖碗，认得三种茶，剩下的交给日子。',
    reviews: [{ who: '小满', stars: 5, text: '附的小册子写得很清楚，零基础也能泡。', days: 13 }],
  },
];
