// How each kind of tea is brewed best; shown on the product page and in the brew of the day.
module.exports = {
  green: { grams: '3', temp: '80', seconds: '30', times: '4', vessel: '玻璃杯' },
  white: { grams: '5', temp: '95', seconds: '20', times: '8', vessel: '盖碗' },
  oolong: { grams: '8', temp: '100', seconds: '10', times: '9', vessel: '盖碗' },
  black: { grams: '4', temp: '90', seconds: '15', times: '6', vessel: '瓷壶' },
  puer: { grams: '7', temp: '100', seconds: '10', times: '12', vessel: '紫砂壶' },
  flower: { grams: '3', temp: '85', seconds: '40', times: '4', vessel: '盖碗' },
};
