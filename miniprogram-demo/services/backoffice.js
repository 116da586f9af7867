// The merchant's back office, played by the demo collector: it says what only a shop's own server may say happened.
// Each call resolves after the engine has heard of it, if the network lets it.
const clock = require('./clock');
const engine = require('./engine');
const network = require('./network');
const session = require('./session');

async function tell(path, body) {
  const user = session.userId();
  if (!user) throw new Error('请先登录');
  await network.post(path, Object.assign({ app: 'tea-shop', user, at: clock.now() }, body), await session.token({ user }));
  await engine.sync().catch(() => {});
}

const fact = (body) => tell('/demo/fact', body);

/** Money goes back: all of it, or a part. */
const refund = (order_id, refund_fen) => tell('/demo/refund', { order_id, refund_fen });

/** A membership was paid for. */
const buyMembership = (months) => fact({ kind: 'membership_bought', months });

/** The birthday, as the customer gave it. */
const setBirthday = (month, day) => fact({ kind: 'birthday', month, day });

/** A friend who was invited has placed a first order. */
const friendBought = () => fact({ kind: 'referral', friend: `friend-${clock.now()}`, role: 'inviter' });

/** A friend joins a group buy or a bargain. */
const helpGame = ({ id, kind, have, need }) => fact({ kind: 'game', id, game: kind, have: Math.min(need, have + 1), need });

module.exports = { buyMembership, friendBought, helpGame, refund, setBirthday };
