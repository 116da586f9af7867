// What the engine's codes and reasons are called in the shop.

const REFUSALS = {
  already_checked_in: '今天已经签到过了', already_counted: '这一天已经签到了', not_in_the_past: '只能补签过去的日子', too_old: '隔得太久，补不了了',
  limit_reached: '次数用完了', not_enough_points: '积分不够', not_a_multiple: '积分数要是整倍数', more_than_paid: '超过了实付金额',
  unknown_order: '没有这笔订单', not_offered: '本店没有这一项', unknown_right: '这张券已经用过了', clock_ahead: '手机时间快了，请校准后再试',
  too_soon_after_zone_change: '刚换了时区，过几个小时再来', too_late: '离线太久，没有赶上', too_many: '今天的次数太多了', duplicate_event: '重复的记录',
  duplicate_order: '这笔订单已经计过了', consent_needed: '同意记录之后才能使用', user_needed: '请先登录', offline: '网络已断开，联网后再试',
  storage_failed: '手机存储写不进去，没有算数', unanswered: '没等到回音，再点一次就好，不会多扣', sync_failed: '服务器没有回应，稍后再试', program_unknown: '服务器还没有更新规则', token_failed: '登录已过期',
};

/** Of a line of the ledger: what it is called, its picture, and its colour. */
const REASONS = {
  check_in: { name: '每日签到', icon: 'calendar-1' },
  milestone: { name: '连签礼', icon: 'gift' },
  make_up: { name: '补签', icon: 'refresh' },
  order: { name: '购物返积分', icon: 'shop' },
  refund_taken_back: { name: '退款收回', icon: 'rollback' },
  refund_returned: { name: '退款退还', icon: 'rollback' },
  redeem: { name: '积分兑换', icon: 'wallet' },
  grant: { name: '掌柜相赠', icon: 'heart' },
  activity: { name: '小任务', icon: 'star-filled' },
  referral: { name: '邀友有礼', icon: 'usergroup-add' },
  expired: { name: '积分到期', icon: 'time' },
  written_off: { name: '免去不足', icon: 'heart' },
  reward: { name: '累计有礼', icon: 'gift' },
  offer: { name: '专属优惠', icon: 'discount' },
  granted: { name: '券已发放', icon: 'check' },
  every_n_orders: { name: '集满茶章', icon: 'tea' },
  tier_kept: { name: '保级成功', icon: 'user-vip' },
  prize: { name: '转盘奖品', icon: 'gift' },
  coupon: { name: '得一张券', icon: 'coupon' },
  ticket: { name: '得抽奖券', icon: 'ticket' },
  tier_up: { name: '升级啦', icon: 'user-vip' },
  tier_down: { name: '等级变动', icon: 'user-vip' },
  member: { name: '雅会员', icon: 'verified' },
  freeze_used: { name: '用了一张护签', icon: 'snowflake' },
};
const UNKNOWN = { name: '积分变动', icon: 'swap' };

/** A refusal for people; the code itself when it has no words. */
const refusal = (code, otherwise) => REFUSALS[code] || otherwise || code;
const reason = (code) => REASONS[code] || UNKNOWN;

module.exports = { reason, refusal };
