// Made from program.json by tools/program.mjs; a test keeps the two equal.
module.exports = {
  "app": "tea-shop",
  "revision": 2,
  "day_zone": "Asia/Shanghai",
  "session": {
    "idle_minutes": 30
  },
  "pages": [
    "home",
    "category",
    "search",
    "product",
    "cart",
    "checkout",
    "done",
    "me",
    "orders",
    "checkin",
    "points",
    "mall",
    "lottery",
    "member",
    "rewards",
    "collection",
    "settings",
    "lab"
  ],
  "events": [
    {
      "name": "view_product",
      "dimensions": [
        {
          "name": "category",
          "values": [
            "green",
            "white",
            "oolong",
            "black",
            "puer",
            "flower",
            "ware",
            "gift"
          ]
        },
        {
          "name": "product",
          "values": [
            "longjing",
            "biluochun",
            "maofeng",
            "yinzhen",
            "shoumei",
            "tieguanyin",
            "dahongpao",
            "xiaozhong",
            "qimen",
            "shupu",
            "bingdao",
            "jasmine",
            "zisha",
            "gaiwan",
            "cups",
            "pitcher",
            "giftbox",
            "starter"
          ]
        }
      ],
      "numbers": [
        {
          "name": "price_fen",
          "decimals": 0
        }
      ]
    },
    {
      "name": "favourite",
      "dimensions": [
        {
          "name": "category",
          "values": [
            "green",
            "white",
            "oolong",
            "black",
            "puer",
            "flower",
            "ware",
            "gift"
          ]
        },
        {
          "name": "action",
          "values": [
            "add",
            "remove"
          ]
        }
      ]
    },
    {
      "name": "choose_spec",
      "dimensions": [
        {
          "name": "category",
          "values": [
            "green",
            "white",
            "oolong",
            "black",
            "puer",
            "flower",
            "ware",
            "gift"
          ]
        },
        {
          "name": "size",
          "values": [
            "sample",
            "standard",
            "large"
          ]
        }
      ],
      "numbers": [
        {
          "name": "price_fen",
          "decimals": 0
        }
      ]
    },
    {
      "name": "add_cart",
      "dimensions": [
        {
          "name": "category",
          "values": [
            "green",
            "white",
            "oolong",
            "black",
            "puer",
            "flower",
            "ware",
            "gift"
          ]
        },
        {
          "name": "way",
          "values": [
            "cart",
            "buy_now",
            "reorder"
          ]
        }
      ],
      "numbers": [
        {
          "name": "price_fen",
          "decimals": 0
        },
        {
          "name": "quantity",
          "decimals": 0
        }
      ]
    },
    {
      "name": "remove_cart",
      "dimensions": [
        {
          "name": "category",
          "values": [
            "green",
            "white",
            "oolong",
            "black",
            "puer",
            "flower",
            "ware",
            "gift"
          ]
        }
      ]
    },
    {
      "name": "checkout",
      "numbers": [
        {
          "name": "amount_fen",
          "decimals": 0
        },
        {
          "name": "lines",
          "decimals": 0
        }
      ]
    },
    {
      "name": "order_item",
      "dimensions": [
        {
          "name": "category",
          "values": [
            "green",
            "white",
            "oolong",
            "black",
            "puer",
            "flower",
            "ware",
            "gift"
          ]
        }
      ],
      "numbers": [
        {
          "name": "quantity",
          "decimals": 0
        },
        {
          "name": "paid_fen",
          "decimals": 0
        }
      ]
    },
    {
      "name": "banner_tap",
      "dimensions": [
        {
          "name": "banner",
          "values": [
            "spring",
            "hearth",
            "moon"
          ]
        }
      ]
    },
    {
      "name": "category_tap",
      "dimensions": [
        {
          "name": "category",
          "values": [
            "green",
            "white",
            "oolong",
            "black",
            "puer",
            "flower",
            "ware",
            "gift"
          ]
        }
      ]
    }
  ],
  "flows": [
    {
      "name": "purchase",
      "steps": [
        "view_product",
        "add_cart",
        "checkout",
        "order"
      ],
      "window_minutes": 1440
    },
    {
      "name": "search_to_cart",
      "steps": [
        "search",
        "view_product",
        "add_cart"
      ],
      "window_minutes": 60
    }
  ],
  "attributes": [
    "city",
    "member_level"
  ],
  "caps": {
    "events_per_day": 10000,
    "labels_per_dimension": 256
  },
  "sync": {
    "max_bytes": 4096,
    "max_age_hours": 24,
    "per_session": 1
  }
};
