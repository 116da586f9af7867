// From the arithmetic of a ledger line to a sentence that a shopper can check. Pure functions.
const calendar = require('./calendar');
const format = require('./format');

/** One term in words: (value, name, reason of the line). Percents of a campaign are told as "times". */
const TERMS = {
  position: (n) => `连签第 ${n} 天`,
  count: (n, _, reason) => (reason === 'milestone' ? `签满 ${n} 天` : `第 ${format.grouped(n)} 次`),
  yuan: (n) => `实付满 ${format.grouped(n)} 元`,
  per_yuan: (n) => `每元 ${n} 分`,
  base: (n) => `应得 ${format.grouped(n)} 分`,
  percent: (n, name) => `${name ? `“${name}”` : ''}${n / 100} 倍`,
  multiplied: (n) => `翻倍后 ${format.grouped(n)} 分`,
  cap_cut: (n) => `超过每日上限的 ${format.grouped(Math.abs(n))} 分不计`,
  debt_paid: (n) => `先抵还欠分 ${format.grouped(n)}`,
  pending_days: (n) => `${n} 天后可用`,
  granted: (n) => `这笔订单共得过 ${format.grouped(n)} 分`,
  paid_fen: (n) => `原付 ${format.yuan(n)} 元`,
  unrefunded_fen: (n) => `退款后实付 ${format.yuan(n)} 元`,
  kept: (n) => `按比例保留 ${format.grouped(n)} 分`,
  taken_before: (n) => (n > 0 ? `此前已收回 ${format.grouped(n)} 分` : ''),
  own_lot: (n) => (n > 0 ? `从这笔订单的积分收回 ${format.grouped(n)} 分` : ''),
  other_lots: (n) => (n > 0 ? `从其他积分收回 ${format.grouped(n)} 分` : ''),
  debt: (n) => (n > 0 ? `不足的 ${format.grouped(n)} 分先记着，以后得分时抵还` : ''),
  written_off: (n) => (n > 0 ? `不足的 ${format.grouped(n)} 分免了` : ''),
  cost: (n) => (n > 0 ? `花费 ${format.grouped(n)} 分` : '不花积分'),
  discount_fen: (n) => `抵 ${format.yuan(n)} 元`,
  growth: (n) => `成长值 ${format.grouped(n)}`,
  from: (n) => `这一级需要 ${format.grouped(n)}`,
  months: (n) => `${n} 个月`,
};

/** How the sentence begins when the terms alone don't say it. */
const OPENINGS = {
  milestone: '连签到站的礼物', expired: '过了最后可用的日子', grant: '店家送的', referral: '好友下了第一单', prize: '转盘转到的', coupon: '达成条件得到一张券',
  ticket: '得到一次抽奖', offer: '买过同类好物，配一份优惠', granted: '店家已发放', tier_up: '成长值够了', tier_down: '期满时成长值不够', tier_kept: '期满时成长值够了，续了一期',
  member: '开通了会员', every_n_orders: '订单数集满了', freeze_used: '这天没签到，护签替您守住了连签', reward: '累计消费达成', refund_returned: '整单退款，花掉的积分原路退回',
  written_off: '退款要收回的积分不够，免了', activity: '完成了一件小任务',
};

const ending = (points) => (points > 0 ? `到账 ${format.grouped(points)} 分` : points < 0 ? `扣 ${format.grouped(-points)} 分` : '');

/** The whole sentence of an explained line. */
function sentence({ reason, points, terms }) {
  const told = (terms || []).map(([what, value, name]) => (TERMS[what] ? TERMS[what](value, name || '', reason) : `${what} ${value}`));
  const parts = [OPENINGS[reason] || '', ...told, ending(points)].filter(Boolean);
  return `${parts.join('，')}。`;
}

/** When what a line brought lapses. */
const lasts = ({ points, expires }) => (points <= 0 ? '' : expires ? `可用到 ${calendar.full(expires)}` : '长期可用');

module.exports = { lasts, sentence };
