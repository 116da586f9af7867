// Shelves of the shop, in display order. `icon` names an icon, `tint` its second tone.
module.exports = [
  { id: 'green', name: '绿茶', note: '明前鲜爽', image: 'longjing' },
  { id: 'white', name: '白茶', note: '日晒本味', image: 'shoumei' },
  { id: 'oolong', name: '乌龙', note: '岩骨花香', image: 'dahongpao' },
  { id: 'black', name: '红茶', note: '蜜韵暖身', image: 'xiaozhong' },
  { id: 'puer', name: '普洱', note: '越陈越香', image: 'shupu' },
  { id: 'flower', name: '花茶', note: '九窨茉莉', image: 'jasmine' },
  { id: 'ware', name: '茶器', note: '器以载道', image: 'gaiwan' },
  { id: 'gift', name: '礼盒', note: '山月相赠', image: 'giftbox' },
];
