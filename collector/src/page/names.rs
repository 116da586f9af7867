//! Chinese names of what the engine knows itself.

use super::format::escape;

/// An event: built-in ones with their Chinese name.
pub(super) fn event(name: &str) -> String {
    let known = match name {
        "launch" => "启动",
        "show" => "回到前台",
        "hide" => "退到后台",
        "page" => "浏览页面",
        "search" => "搜索",
        "share" => "分享",
        "error" => "错误",
        "order" => "下单",
        _ => return escape(name),
    };
    format!("{known}<small>{name}</small>")
}

/// Why something was not counted.
pub(super) fn drop_reason(name: &str) -> String {
    let known = match name {
        "undeclared_event" => "未声明的事件",
        "undeclared_prop" => "未声明的属性",
        "undeclared_step" => "未声明的步骤",
        "personal" => "像个人信息的文字",
        "bad_text" => "文字过长或类型不对",
        "bad_number" => "数字不合规",
        "label_overflow" => "取值过多，计入其他",
        "event_overflow" => "超过每日上限",
        "order_refused" => "重复或过多的订单",
        "queue_overflow" => "启动前调用过多",
        "restart" => "引擎重启",
        "coarsened" => "空间不足，只留总数",
        "evicted" => "空间不足，已舍弃",
        "quarantined" => "服务器拒收",
        "bad_answer" => "应答不是本服务器所发",
        "clock_back" => "手机时钟倒退",
        "ledger_reset" => "账本以服务器为准",
        "feature_type" => "特性值类型不符",
        "journey_overflow" => "旅程过多",
        "unreadable" => "存储无法读取",
        _ => return escape(name),
    };
    format!("{known}<small>{name}</small>")
}

/// How things stand with a person.
pub(super) fn level(name: &str) -> &'static str {
    match name {
        "new" => "新客",
        "active" => "活跃",
        "slowing" => "放缓",
        "at_risk" => "有流失风险",
        "lost" => "已流失",
        _ => "未知",
    }
}

/// What may show that something changed.
pub(super) fn sign(name: &str) -> String {
    let known = match name {
        "stop" => "久未来访",
        "slow_down" => "来得越来越少",
        "flow" => "流程一再中断",
        "cart" => "购物车有物未付",
        "dwell" => "看得越来越短",
        "errors" => "遇到错误",
        "taps" => "连续用力点按",
        "prompts" => "一再拒绝订阅",
        "coupon" => "积分将过期",
        "tier" => "等级将下降",
        "inactive" => "多日未登录",
        _ => return escape(name),
    };
    format!("{known}<small>{name}</small>")
}

/// What came of a step of a journey.
pub(super) fn outcome(name: &str) -> String {
    let known = match name {
        "done" => "已执行",
        "capped" => "超过频次上限",
        "no_quota" => "没有订阅次数",
        "tired" => "多次未理会，暂停",
        "skipped" => "条件不符，跳过",
        "expired" => "过期未展示",
        "held_out" => "留出组",
        "sent" => "已发送",
        "refused" => "被拒绝",
        "stopped" => "已达成目标，不再发送",
        "sending" => "正在发送",
        "waiting" => "等待重试",
        "dead" => "已放弃",
        _ => return escape(name),
    };
    format!("{known}<small>{name}</small>")
}

/// A metric of an experiment, with its own name beside.
pub(super) fn metric(name: &str) -> String {
    match name.strip_prefix("event:") {
        Some(event_name) => event(event_name),
        None => format!("{}<small>{}</small>", metric_plain(name), escape(name)),
    }
}

/// A metric of an experiment within a sentence.
pub(super) fn metric_plain(name: &str) -> &'static str {
    match name {
        "converted" => "下单转化",
        "orders" => "订单数",
        "paid_fen" => "成交额",
        "sessions" => "会话数",
        "active_days" => "活跃天数",
        _ => "指标",
    }
}

/// What happened, in the ledger.
pub(super) fn kind(name: &str) -> &'static str {
    match name {
        "check_in" => "签到",
        "make_up" => "补签",
        "activity" => "活动",
        "order_paid" => "付款",
        "refund" => "退款",
        "redeem" => "积分使用",
        "grant" => "商家赠送",
        "referral" => "邀请",
        "membership_bought" => "购买会员",
        "birthday" => "生日登记",
        "drawn" => "抽奖",
        "granted" => "权益领取",
        "game" => "拼团砍价",
        _ => "其他",
    }
}

/// Why an entry of the ledger changes nothing.
pub(super) fn verdict(code: &str) -> String {
    let known = match code {
        "clock_ahead" => "手机时钟超前",
        "too_late" => "到得太晚",
        "too_many" => "一天之内过多",
        "already_checked_in" => "当天已签到",
        "too_soon_after_zone_change" => "时区变更后过早",
        "already_counted" => "那天已签到",
        "not_in_the_past" => "只能补过去的日子",
        "too_old" => "超出补签期限",
        "limit_reached" => "已达次数上限",
        "not_enough_points" => "积分不足",
        "not_a_multiple" => "不是整数倍",
        "more_than_paid" => "超过实付金额",
        "unknown_order" => "没有这笔订单",
        "duplicate_order" => "订单重复",
        "not_offered" => "程序未提供",
        "unknown_right" => "没有这项权益",
        _ => return escape(code),
    };
    format!("{known}<small>{code}</small>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use huitou::insight::stats::Dropped;

    #[test]
    fn every_reason_and_every_built_in_event_has_a_name() {
        for reason in Dropped::ALL {
            assert!(drop_reason(reason.name()).contains("<small>"), "{}", reason.name());
        }
        let (program, _) = huitou::program::load(r#"{"app":"a","revision":1}"#).unwrap();
        for built_in in program.names.events {
            assert!(event(&built_in.name).contains("<small>"), "{}", built_in.name);
        }
    }
}
