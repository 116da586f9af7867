// The desktop page around the phone: a frame and a bar of switches. A narrow screen is the phone itself.

const NARROW = '(max-width: 560px)';
const phone = document.getElementById('phone');
const controls = () => phone.contentWindow.__simulator;
const button = (name) => document.getElementById(`bar-${name}`);

/** Writes the state of the phone on the bar. */
function draw() {
  const { hidden, offline, offset_ms } = controls().state;
  button('network').textContent = offline ? '恢复网络' : '断开网络';
  button('background').textContent = hidden ? '回前台' : '切后台';
  button('network').classList.toggle('is-on', offline);
  button('background').classList.toggle('is-on', hidden);
  button('tomorrow').classList.toggle('is-on', offset_ms !== 0);
  const now = new Date(controls().now());
  button('clock').textContent = `${now.getMonth() + 1}月${now.getDate()}日 ${offline ? '离线' : '在线'}`;
}

function wire() {
  const actions = {
    network: () => controls().offline(!controls().state.offline),
    background: () => (controls().state.hidden ? controls().show() : controls().hide()),
    restart: () => controls().relaunch(),
    tomorrow: () => controls().advanceDays(1),
    clear: () => controls().clearStorage(),
  };
  for (const [name, act] of Object.entries(actions)) button(name).addEventListener('click', act);
}

function start() {
  const target = `phone.html${location.search}${location.hash}`;
  if (matchMedia(NARROW).matches) {
    location.replace(target);
    return;
  }
  Object.defineProperty(window, '__simulator', { get: controls });
  phone.addEventListener('load', () => {
    if (!controls()) return;
    controls().onChange(draw);
    draw();
  });
  phone.src = target;
  wire();
}

start();
