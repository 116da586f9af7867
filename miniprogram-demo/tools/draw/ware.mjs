// What tea is drunk from: a clay pot, a lidded bowl, cups, a glass pitcher.
import { shadow, steam, mark } from './backdrop.mjs';
import { gold } from './vessels.mjs';

/** A Yixing clay pot with its spout to the left. */
export function teapot(picture, { x = 306, y = 360, clay = ['#b5653f', '#8a4226', '#4d2013'], withSteam = true }) {
  const skin = picture.radial([[0, clay[0]], [0.55, clay[1]], [1, clay[2]]], [0.36, 0.28, 0.78]);
  const flat = picture.linear([[0, clay[1]], [1, clay[2]]]);
  shadow(picture, x + 6, y + 122, 214, 32);
  if (withSteam) steam(picture, x - 190, y - 92, 110);
  picture.line(`M${x + 128} ${y - 48} C${x + 226} ${y - 92} ${x + 262} ${y + 66} ${x + 124} ${y + 62}`, clay[2], 30);
  picture.line(`M${x + 128} ${y - 50} C${x + 222} ${y - 90} ${x + 254} ${y + 60} ${x + 126} ${y + 58}`, clay[1], 21);
  picture.line(`M${x + 140} ${y - 58} C${x + 210} ${y - 78} ${x + 228} ${y + 4} ${x + 196} ${y + 34}`, clay[0], 6, 'opacity="0.7"');
  picture.path(`M${x - 108} ${y + 44} C${x - 168} ${y + 26} ${x - 168} ${y - 52} ${x - 206} ${y - 84} L${x - 176} ${y - 90} C${x - 140} ${y - 62} ${x - 132} ${y - 34} ${x - 104} ${y - 30}Z`, flat);
  picture.ellipse(x - 191, y - 87, 16, 5, clay[2]);
  picture.line(`M${x - 178} ${y - 78} C${x - 150} ${y - 46} ${x - 146} ${y - 14} ${x - 122} ${y + 4}`, clay[0], 6, 'opacity="0.55"');
  picture.path(`M${x - 78} ${y + 104} H${x + 78} L${x + 66} ${y + 124} Q${x} ${y + 132} ${x - 66} ${y + 124}Z`, clay[2]);
  picture.path(`M${x - 150} ${y + 8} C${x - 150} ${y - 74} ${x - 80} ${y - 106} ${x} ${y - 106} C${x + 80} ${y - 106} ${x + 150} ${y - 74} ${x + 150} ${y + 8} C${x + 150} ${y + 76} ${x + 92} ${y + 112} ${x} ${y + 112} C${x - 92} ${y + 112} ${x - 150} ${y + 76} ${x - 150} ${y + 8}Z`, skin);
  picture.ellipse(x, y - 92, 84, 20, clay[2], 'opacity="0.55"');
  picture.path(`M${x - 78} ${y - 96} C${x - 70} ${y - 130} ${x + 70} ${y - 130} ${x + 78} ${y - 96} Q${x} ${y - 78} ${x - 78} ${y - 96}Z`, skin);
  picture.circle(x, y - 134, 19, picture.radial([[0, clay[0]], [1, clay[2]]], [0.36, 0.3, 0.8]));
  picture.ellipse(x - 56, y - 40, 44, 28, picture.radial([[0, '#ffffff', 0.42], [1, '#ffffff', 0]]), `transform="rotate(-24 ${x - 56} ${y - 40})"`);
  mark(picture, { x: x + 8, y: y + 22, scale: 0.62, color: clay[2], opacity: 0.5 });
}

/** A lidded bowl on its saucer. */
export function gaiwan(picture, { x = 300, y = 330, glaze = ['#f2f8f3', '#c4dccf', '#83ab9b'] }) {
  const skin = picture.linear([[0, glaze[2]], [0.14, glaze[1]], [0.32, glaze[0]], [0.56, glaze[1]], [1, glaze[2]]], [0, 0, 1, 0.1]);
  shadow(picture, x + 8, y + 152, 196, 30);
  picture.path(`M${x - 172} ${y + 108} C${x - 150} ${y + 150} ${x - 70} ${y + 160} ${x} ${y + 160} C${x + 70} ${y + 160} ${x + 150} ${y + 150} ${x + 172} ${y + 108}Z`, skin);
  picture.ellipse(x, y + 108, 172, 26, glaze[0]);
  picture.ellipse(x, y + 108, 172, 26, 'none', `stroke="${gold(picture)}" stroke-width="4"`);
  picture.ellipse(x, y + 114, 84, 13, glaze[2], 'opacity="0.5"');
  picture.path(`M${x - 62} ${y + 92} L${x - 54} ${y + 118} Q${x} ${y + 128} ${x + 54} ${y + 118} L${x + 62} ${y + 92}Z`, glaze[2]);
  picture.path(`M${x - 150} ${y - 62} C${x - 136} ${y + 36} ${x - 96} ${y + 104} ${x} ${y + 106} C${x + 96} ${y + 104} ${x + 136} ${y + 36} ${x + 150} ${y - 62} Q${x} ${y - 26} ${x - 150} ${y - 62}Z`, skin);
  picture.path(`M${x - 150} ${y - 62} Q${x} ${y - 22} ${x + 150} ${y - 62} L${x + 148} ${y - 54} Q${x} ${y - 12} ${x - 148} ${y - 54}Z`, gold(picture));
  picture.path(`M${x - 126} ${y - 62} C${x - 112} ${y - 122} ${x - 40} ${y - 134} ${x} ${y - 134} C${x + 40} ${y - 134} ${x + 112} ${y - 122} ${x + 126} ${y - 62} Q${x} ${y - 30} ${x - 126} ${y - 62}Z`, skin);
  picture.path(`M${x - 30} ${y - 131} L${x - 38} ${y - 158} Q${x} ${y - 172} ${x + 38} ${y - 158} L${x + 30} ${y - 131}Z`, skin);
  picture.ellipse(x, y - 159, 38, 9, glaze[0]);
  picture.ellipse(x, y - 159, 38, 9, 'none', `stroke="${gold(picture)}" stroke-width="3"`);
  picture.path(`M${x - 100} ${y + 34} C${x - 76} ${y + 18} ${x - 66} ${y - 6} ${x - 44} ${y - 8} C${x - 20} ${y - 8} ${x - 8} ${y + 26} ${x + 18} ${y + 28} C${x + 40} ${y + 28} ${x + 54} ${y + 8} ${x + 72} ${y + 10} C${x + 86} ${y + 12} ${x + 96} ${y + 22} ${x + 104} ${y + 30} C${x + 78} ${y + 84} ${x + 44} ${y + 100} ${x} ${y + 101} C${x - 46} ${y + 100} ${x - 80} ${y + 82} ${x - 100} ${y + 34}Z`, '#3f7362', 'opacity="0.3"');
  picture.circle(x + 44, y - 12, 13, '#b23a26', 'opacity="0.65"');
}

/** One small cup with tea in it; `x, y` is the middle of its mouth. */
export function cup(picture, { x, y, scale = 1, glaze = ['#fbfdfb', '#d3e2e4', '#8fabb0'], tea = ['#e4b25a', '#b4732a'], withSteam = false }) {
  picture.at({ x, y, scale }, () => {
    const skin = picture.linear([[0, glaze[2]], [0.2, glaze[1]], [0.36, glaze[0]], [0.62, glaze[1]], [1, glaze[2]]], [0, 0, 1, 0]);
    shadow(picture, 6, 142, 112, 20);
    if (withSteam) steam(picture, 0, -30, 104);
    picture.path('M-52 128 L-46 142 Q0 150 46 142 L52 128Z', glaze[2]);
    picture.path('M-116 0 C-112 78 -78 130 0 132 C78 130 112 78 116 0Z', skin);
    picture.ellipse(0, 0, 116, 28, glaze[0]);
    picture.ellipse(0, 0, 116, 28, 'none', `stroke="${gold(picture)}" stroke-width="3"`);
    picture.ellipse(0, 5, 101, 21, picture.linear([[0, tea[1]], [1, tea[0]]], [0, 0, 1, 1]));
    picture.ellipse(-34, 2, 40, 6, '#ffffff', 'opacity="0.42"');
  });
}

/** A glass pitcher half full of tea. */
export function pitcher(picture, { x = 296, y = 300, tea = ['#efb765', '#b9691f'] }) {
  shadow(picture, x + 8, y + 178, 150, 26);
  picture.line(`M${x + 108} ${y - 62} C${x + 196} ${y - 74} ${x + 186} ${y + 74} ${x + 108} ${y + 84}`, '#ffffff', 20, 'opacity="0.75"');
  picture.line(`M${x + 108} ${y - 62} C${x + 196} ${y - 74} ${x + 186} ${y + 74} ${x + 108} ${y + 84}`, '#a9bdbf', 3, 'opacity="0.8"');
  const glass = `M${x - 128} ${y - 128} C${x - 116} ${y - 104} ${x - 112} ${y - 80} ${x - 112} ${y - 40} V${y + 128} Q${x - 110} ${y + 172} ${x - 60} ${y + 174} H${x + 60} Q${x + 110} ${y + 172} ${x + 112} ${y + 128} V${y - 40} C${x + 112} ${y - 80} ${x + 112} ${y - 100} ${x + 112} ${y - 124}Z`;
  picture.path(glass, '#ffffff', 'opacity="0.5"');
  picture.path(`M${x - 104} ${y - 4} V${y + 124} Q${x - 102} ${y + 162} ${x - 58} ${y + 164} H${x + 58} Q${x + 102} ${y + 162} ${x + 104} ${y + 124} V${y - 4}Z`, picture.linear([[0, tea[0]], [1, tea[1]]]));
  picture.ellipse(x, y - 4, 104, 17, tea[0]);
  picture.ellipse(x - 30, y - 6, 48, 6, '#ffffff', 'opacity="0.45"');
  picture.path(glass, picture.linear([[0, '#ffffff', 0.75], [0.07, '#ffffff', 0.1], [0.15, '#ffffff', 0.62], [0.22, '#ffffff', 0.05], [0.86, '#ffffff', 0], [0.94, '#ffffff', 0.5], [1, '#9fb4b6', 0.5]], [0, 0, 1, 0]));
  picture.path(`M${x - 128} ${y - 128} Q${x} ${y - 104} ${x + 112} ${y - 124} Q${x + 10} ${y - 146} ${x - 128} ${y - 128}Z`, '#ffffff', 'opacity="0.6" stroke="#a9bdbf" stroke-width="2"');
  steam(picture, x - 10, y - 130, 90);
}
