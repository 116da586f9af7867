// One picture per product.
import { backdrop, steam } from './backdrop.mjs';
import { box, cake, jar, pouch, tin } from './vessels.mjs';
import { cup, gaiwan, pitcher, teapot } from './ware.mjs';

const on = (tint, draw) => (picture) => {
  backdrop(picture, tint);
  picture.at({ x: -39, y: -62, scale: 1.13 }, draw);
};

export const GOODS = {
  longjing: on('green', (p) => tin(p, { color: '#1d5a43', lid: '#174a37', ink: '#1d4a38', name: '明前龙井' })),
  biluochun: on('green', (p) => tin(p, { color: '#8fae6d', lid: '#7a9a5a', ink: '#38512a', name: '碧螺春', rx: 88, top: 214, size: 44 })),
  maofeng: on('green', (p) => pouch(p, { color: '#2f6a4c', name: '黄山毛峰' })),
  yinzhen: on('white', (p) => tin(p, { color: '#efe9da', lid: '#d8c9a6', ink: '#5b4a2a', name: '白毫银针' })),
  shoumei: on('white', (p) => cake(p, { paper: '#f4ecd9', edge: '#cdb98f', ink: '#54472c', name: '老白茶', seed: 7 })),
  tieguanyin: on('oolong', (p) => pouch(p, { color: '#1f5a57', name: '铁观音' })),
  dahongpao: on('oolong', (p) => tin(p, { color: '#2b2a2c', lid: '#1d1c1e', ink: '#5d2318', name: '大红袍', paper: '#e9cf94', size: 46 })),
  xiaozhong: on('black', (p) => tin(p, { color: '#8f3524', lid: '#752719', ink: '#6b2417', name: '正山小种' })),
  qimen: on('black', (p) => box(p, { color: '#a4452c', dark: '#6d2415', name: '祁门香' })),
  shupu: on('puer', (p) => cake(p, { paper: '#efdfc0', edge: '#b58f59', ink: '#4a2613', name: '宫廷熟', seed: 23 })),
  bingdao: on('puer', (p) => cake(p, { paper: '#f6f2e6', edge: '#c7b78f', ink: '#23503d', name: '冰岛', seed: 57 })),
  jasmine: on('flower', (p) => jar(p, {})),
  zisha: on('ware', (p) => teapot(p, {})),
  gaiwan: on('ware', (p) => gaiwan(p, {})),
  cups: on('ware', (p) => {
    cup(p, { x: 392, y: 292, scale: 0.84 });
    cup(p, { x: 232, y: 336, scale: 1.08, withSteam: true });
  }),
  pitcher: on('ware', (p) => pitcher(p, {})),
  giftbox: on('gift', (p) => {
    box(p, { color: '#1c5341', dark: '#0e3328', name: '山月礼', x: 280, y: 236, w: 330, h: 236 });
  }),
  starter: on('gift', (p) => {
    gaiwan(p, { x: 236, y: 312 });
    cup(p, { x: 452, y: 380, scale: 0.62, glaze: ['#fbfdfb', '#cfe1d6', '#83ab9b'] });
    steam(p, 452, 360, 80);
  }),
};
