// Made from program.json by tools/program.mjs; a test keeps the two equal.
module.exports = {
  "app": "tea-shop",
  "revision": 7,
  "day_zone": "Asia/Shanghai",
  "session": { "idle_minutes": 30 },
  "pages": ["home", "category", "search", "product", "cart", "checkout", "done", "me", "orders", "checkin", "points", "mall", "lottery", "member", "rewards", "collection", "feedback", "settings", "lab"],
  "events": [
    {
      "name": "view_product",
      "dimensions": [
        { "name": "category", "values": ["green", "white", "oolong", "black", "puer", "flower", "ware", "gift"] },
        {
          "name": "product",
          "values": [
            "longjing", "biluochun", "maofeng", "yinzhen", "shoumei", "tieguanyin", "dahongpao", "xiaozhong", "qimen",
            "shupu", "bingdao", "jasmine", "zisha", "gaiwan", "cups", "pitcher", "giftbox", "starter"
          ]
        }
      ],
      "numbers": [{ "name": "price_fen", "decimals": 0 }]
    },
    {
      "name": "favourite",
      "dimensions": [
        { "name": "category", "values": ["green", "white", "oolong", "black", "puer", "flower", "ware", "gift"] },
        { "name": "action", "values": ["add", "remove"] }
      ]
    },
    {
      "name": "choose_spec",
      "dimensions": [
        { "name": "category", "values": ["green", "white", "oolong", "black", "puer", "flower", "ware", "gift"] },
        { "name": "size", "values": ["sample", "standard", "large"] }
      ],
      "numbers": [{ "name": "price_fen", "decimals": 0 }]
    },
    {
      "name": "add_cart",
      "dimensions": [
        { "name": "category", "values": ["green", "white", "oolong", "black", "puer", "flower", "ware", "gift"] },
        { "name": "way", "values": ["cart", "buy_now", "reorder"] }
      ],
      "numbers": [{ "name": "price_fen", "decimals": 0 }, { "name": "quantity", "decimals": 0 }]
    },
    {
      "name": "remove_cart",
      "dimensions": [{ "name": "category", "values": ["green", "white", "oolong", "black", "puer", "flower", "ware", "gift"] }]
    },
    { "name": "checkout", "numbers": [{ "name": "amount_fen", "decimals": 0 }, { "name": "lines", "decimals": 0 }] },
    {
      "name": "order_item",
      "dimensions": [
        { "name": "category", "values": ["green", "white", "oolong", "black", "puer", "flower", "ware", "gift"] },
        {
          "name": "product",
          "values": [
            "longjing", "biluochun", "maofeng", "yinzhen", "shoumei", "tieguanyin", "dahongpao", "xiaozhong", "qimen",
            "shupu", "bingdao", "jasmine", "zisha", "gaiwan", "cups", "pitcher", "giftbox", "starter"
          ]
        }
      ],
      "numbers": [{ "name": "quantity", "decimals": 0 }, { "name": "paid_fen", "decimals": 0 }]
    },
    { "name": "banner_tap", "dimensions": [{ "name": "banner", "values": ["spring", "hearth", "moon"] }] },
    {
      "name": "feedback",
      "dimensions": [{ "name": "about", "values": ["taste", "pack", "delivery", "service", "price"] }],
      "numbers": [{ "name": "stars", "decimals": 0 }]
    },
    {
      "name": "category_tap",
      "dimensions": [{ "name": "category", "values": ["green", "white", "oolong", "black", "puer", "flower", "ware", "gift"] }]
    }
  ],
  "flows": [
    { "name": "purchase", "steps": ["view_product", "add_cart", "checkout", "order"], "window_minutes": 1440 },
    { "name": "search_to_cart", "steps": ["search", "view_product", "add_cart"], "window_minutes": 60 }
  ],
  "check_in": {
    "daily_points": [5, 5, 5, 10, 10, 15, 20],
    "milestones": [
      { "day": 3, "points": 10 },
      { "day": 7, "points": 30, "ticket": "wheel" },
      { "day": 15, "coupon": "cup-10" },
      { "day": 30, "coupon": "gift-tasting" },
      { "day": 100, "points": 200, "of": "total" }
    ],
    "make_up": { "window_days": 7, "max_per_month": 3, "cost_points": 5 },
    "freeze": { "held_at_start": 1 }
  },
  "points": {
    "per_yuan": 1,
    "validity": { "months": 12 },
    "redeem": { "step": 100, "fen_per_step": 500 },
    "refund_shortfall": "allow_negative",
    "activities": [{ "name": "share", "points": 2, "max_per_day": 3 }],
    "claims_per_day_max": 260
  },
  "growth_per_yuan": 1,
  "multipliers": [
    { "name": "茶友日", "percent": 200, "applies_to": ["order"], "when": { "day_of_month": 18 } },
    { "name": "生日", "percent": 200, "applies_to": ["order"], "when": { "birthday": true } },
    { "name": "雅会员", "percent": 200, "applies_to": ["order"], "when": { "paid_member": true } },
    { "name": "金叶", "percent": 150, "applies_to": ["order"], "when": { "tier": "金叶" } },
    { "name": "山月知己", "percent": 200, "applies_to": ["order"], "when": { "tier": "山月知己" } }
  ],
  "stacking": "highest",
  "daily_caps": [{ "sources": ["share"], "max_points": 6 }],
  "tiers": {
    "levels": [
      { "name": "青叶", "from": 0, "benefits": ["birthday-gift"], "icon": "medal-jade" },
      { "name": "银叶", "from": 500, "benefits": ["birthday-gift", "free-shipping"], "icon": "medal-silver" },
      { "name": "金叶", "from": 2000, "benefits": ["birthday-gift", "free-shipping", "points-150", "early-tasting"], "icon": "medal-gold" },
      { "name": "山月知己", "from": 6000, "benefits": ["birthday-gift", "free-shipping", "points-200", "early-tasting", "own-service"], "icon": "medal-night" }
    ],
    "window_days": 365,
    "term_days": 365,
    "grace_days": 30,
    "downgrade": "one_step"
  },
  "membership": {
    "plans": [
      { "id": "month", "months": 1, "price_fen": 1500 },
      { "id": "season", "months": 3, "price_fen": 3900 },
      { "id": "year", "months": 12, "price_fen": 12800 }
    ],
    "benefits": ["member-price", "sample-pack", "points-200"]
  },
  "every_n_orders": { "n": 3, "coupon": "cup-10" },
  "rewards": [
    { "id": "spend-500", "spent_fen": 50000, "repeats": true, "coupon": "ship-free" },
    { "id": "green-pack", "bought": "green", "offer": "cups-offer" },
    { "id": "steps", "cart": [{ "from_fen": 39900, "off_fen": 2000 }, { "from_fen": 59900, "off_fen": 4000 }] }
  ],
  "mall": [
    { "id": "sample-box", "points": 100 },
    { "id": "tea-cups", "points": 600 },
    { "id": "glass-pitcher", "points": 300, "cash_fen": 2900 },
    { "id": "gaiwan-set", "points": 2000, "max_per_person": 2 }
  ],
  "lottery": [
    {
      "id": "wheel",
      "prizes": [
        { "id": "points-5", "weight": 40, "points": 5 },
        { "id": "sample", "weight": 10 },
        { "id": "points-20", "weight": 20, "points": 20 },
        { "id": "none", "weight": 24 },
        { "id": "points-100", "weight": 1, "points": 100 },
        { "id": "ship-free", "weight": 5 }
      ]
    }
  ],
  "referral": { "inviter": { "points": 20, "coupon": "cup-10" }, "invitee": { "points": 10 }, "max_per_month": 5, "max_total": 50 },
  "features": {
    "buy-button": {
      "defaultValue": { "text": "立即购买", "colour": "" },
      "rules": [
        {
          "key": "buy-button", "hashAttribute": "device_id", "name": "购买按钮的颜色和文案", "weights": [0.5, 0.5],
          "variations": [{ "text": "立即购买", "colour": "" }, { "text": "现在就喝上", "colour": "#b8402a" }],
          "meta": [{ "key": "green", "name": "竹青·立即购买" }, { "key": "red", "name": "朱砂·现在就喝上" }]
        }
      ]
    },
    "coupon": {
      "defaultValue": 500,
      "rules": [
        {
          "key": "coupon", "hashAttribute": "device_id", "name": "立减券的面额", "weights": [0.5, 0.5],
          "variations": [500, 800],
          "meta": [{ "key": "five", "name": "5 元" }, { "key": "eight", "name": "8 元" }]
        }
      ]
    }
  },
  "segments": [
    { "name": "高价值复购", "when": { "frequency": { "$gte": 3 }, "monetary_fen": { "$gte": 50000 } } },
    { "name": "价格敏感", "when": { "coupon_share_permille": { "$gte": 600 } } },
    { "name": "晚间常客", "when": { "usual_hour": { "$gte": 19 }, "visits_30d": { "$gte": 4 } } },
    { "name": "新客", "when": { "level": "new" }, "group": "stage" },
    { "name": "流失风险", "when": { "level": { "$in": ["slowing", "at_risk"] } }, "group": "stage", "priority": 1 },
    { "name": "已流失", "when": { "level": "lost" }, "group": "stage", "priority": 2 }
  ],
  "journeys": [
    {
      "id": "cart-waits", "enter_on": "cart_changed", "restart_on_repeat": true, "exit_on": ["cart_emptied"], "goal": ["order_paid"],
      "re_entry": "7d", "priority": 20, "hold_out_permille": 100,
      "steps": [
        { "after": "1h", "do": { "kind": "message", "template": "cart-waits" } },
        {
          "after": "1d",
          "do": {
            "kind": "popup", "ref": "cart-coupon",
            "data": { "title": "茶还替您留着", "content": "购物车里的茶等了一天，送您一张立减券，今天下单可用。", "confirm": "去看看", "coupon": true, "page": "cart" }
          }
        }
      ]
    },
    {
      "id": "streak-breaks", "enter_on": "check_in", "restart_on_repeat": true, "goal": ["check_in"], "when": { "streak": { "$gte": 2 } },
      "steps": [
        {
          "after": "1d", "at_clock": "00:00", "keeps_days": 1,
          "do": { "kind": "badge", "ref": "streak", "data": { "title": "今天还没签到", "note": "差一次，连签就断了", "go": "去签到", "page": "/pages/checkin/checkin" } }
        },
        { "after": "1d", "at_clock": "20:00", "do": { "kind": "message", "template": "streak-breaks" } }
      ]
    },
    {
      "id": "member-day", "enter_on": "member_day:茶友日", "priority": 10,
      "steps": [
        { "before": "1d", "at_clock": "19:00", "do": { "kind": "message", "template": "member-day" } },
        {
          "before": "0d", "at_clock": "00:00", "keeps_days": 1,
          "do": { "kind": "badge", "ref": "member-day", "data": { "title": "今天是茶友日", "note": "下单双倍积分，仅此一天", "go": "逛一逛", "page": "category" } }
        }
      ]
    },
    {
      "id": "after-first-order", "enter_on": "order_paid", "re_entry": "never", "exit_on": ["order_paid"],
      "steps": [
        { "after": "3d", "do": { "kind": "message", "template": "how-was-it" } },
        { "after": "7d", "do": { "kind": "coupon", "ref": "cup-10" } }
      ]
    },
    {
      "id": "ask-feedback", "enter_on": "order_paid", "re_entry": "30d", "exit_on": ["order_refunded"], "goal": ["feedback"],
      "steps": [{
        "after": "3d", "keeps_days": 7,
        "do": { "kind": "feedback", "data": { "title": "上次的茶，还合口味吗", "note": "点几颗星就好", "go": "评一评", "page": "/pages/feedback/feedback" } }
      }]
    },
    {
      "id": "welcome-back", "enter_on": "level:lost", "re_entry": "90d", "goal": ["order_paid"],
      "steps": [{ "do": { "kind": "popup", "ref": "welcome-back", "data": { "title": "好久不见", "content": "给您留了一张立减券，喝杯茶再走。", "confirm": "收下", "coupon": true } } }]
    }
  ],
  "messages": {
    "quiet_hours": ["21:30", "09:00"], "max_per_day": 1, "max_per_7_days": 3, "max_ignored": 4, "need_subscription": true,
    "subscribe": { "keep_credits": 1, "ask_again_after_days": 7 }
  },
  "attributes": ["city", "member_level"],
  "caps": { "events_per_day": 10000, "labels_per_dimension": 256 },
  "sync": { "max_bytes": 4096, "max_age_hours": 24, "per_session": 1 }
};
