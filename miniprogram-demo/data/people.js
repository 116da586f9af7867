// Demo accounts and their addresses. Everybody here is invented.
module.exports = {
  accounts: [
    { id: 'u-1001', name: '林小满', face: '/assets/scene/face-xiaoman.svg', level: '金卡', city: '杭州', since: '2024-03-21' },
    { id: 'u-1002', name: '周予安', face: '/assets/scene/face-yuan.svg', level: '银卡', city: '深圳', since: '2025-06-18' },
    { id: 'u-1003', name: '沈知秋', face: '/assets/scene/face-zhiqiu.svg', level: '新客', city: '成都', since: '2026-10-02' },
  ],
  addresses: [
    { id: 'home', tag: '家', name: '林小满', phone: '138****6021', area: '浙江省 杭州市 西湖区', street: '翁家山路 12 号 山月里 3 幢 502' },
    { id: 'work', tag: '公司', name: '林小满', phone: '138****6021', area: '浙江省 杭州市 余杭区', street: '文一西路 998 号 海创园 7 号楼 1 层前台' },
  ],
};
