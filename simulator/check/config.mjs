// app.json and page.json: what WeChat refuses or silently ignores.

const COLOR = /^#[0-9a-f]{6}$/i;
const WINDOW = {
  navigationBarTitleText: isString, navigationBarBackgroundColor: isColor, navigationBarTextStyle: oneOf('black', 'white'),
  navigationStyle: oneOf('default', 'custom'), backgroundColor: isColor, backgroundColorTop: isColor, backgroundColorBottom: isColor,
  backgroundColorContent: isColor, backgroundTextStyle: oneOf('dark', 'light'), enablePullDownRefresh: isBoolean, onReachBottomDistance: isNumber,
  pageOrientation: isString, disableScroll: isBoolean, initialRenderingCache: isString, restartStrategy: isString, visualEffectInBackground: isString,
};
const PAGE = {
  ...WINDOW, usingComponents: isObject, component: isBoolean,
  styleIsolation: oneOf('isolated', 'apply-shared', 'shared', 'page-isolated', 'page-apply-shared', 'page-shared'),
  componentPlaceholder: isObject, componentGenerics: isObject,
  renderer: isString, componentFramework: isString, pureDataPattern: isString, addGlobalClass: isBoolean,
};
const APP = {
  pages: isList, window: isObject, tabBar: isObject, usingComponents: isObject, entryPagePath: isString, subPackages: isList, subpackages: isList,
  style: oneOf('v2'), sitemapLocation: isString, lazyCodeLoading: oneOf('requiredComponents'), componentFramework: oneOf('glass-easel', 'exparser'),
  renderer: isString, networkTimeout: isObject, debug: isBoolean, permission: isObject, requiredPrivateInfos: isList, requiredBackgroundModes: isList,
  plugins: isObject, preloadRule: isObject, resizable: isBoolean, workers: isString, darkmode: isBoolean, themeLocation: isString, halfPage: isObject,
  useExtendedLib: isObject, embeddedAppIdList: isList, functionalPages: isObject,
  rendererOptions: isObject, convertRpxToVw: isBoolean, __usePrivacyCheck__: isBoolean,
};
const TAB_BAR = {
  color: isColor, selectedColor: isColor, backgroundColor: isColor, borderStyle: oneOf('black', 'white'),
  list: isList, position: oneOf('bottom', 'top'), custom: isBoolean,
};
const TAB_COUNT = { min: 2, max: 5 };
const TAB_ICON_BYTES_MAX = 40 * 1024;

function isString(value) { return typeof value === 'string' ? '' : 'a text'; }
function isNumber(value) { return typeof value === 'number' ? '' : 'a number'; }
function isBoolean(value) { return typeof value === 'boolean' ? '' : 'true or false'; }
function isList(value) { return Array.isArray(value) ? '' : 'a list'; }
function isObject(value) { return value && typeof value === 'object' && !Array.isArray(value) ? '' : 'an object'; }
function isColor(value) { return COLOR.test(value) ? '' : 'a colour like #rrggbb'; }
function oneOf(...values) { return (value) => (values.includes(value) ? '' : `one of ${values.join(', ')}`); }

/** Checks the members of an object against their rules; unknown ones are mistakes. */
function checkMembers(problems, file, path, object, rules) {
  for (const [name, value] of Object.entries(object ?? {})) {
    if (name.startsWith('$')) continue;
    const rule = rules[name];
    const expected = rule ? rule(value) : 'a name that WeChat knows';
    if (expected) problems.error({ file }, `${path}${name}: expected ${expected}`);
  }
}

/** app.json, tabBar and every page.json. */
export function checkConfig(graph) {
  const { app, problems } = graph;
  checkMembers(problems, 'app.json', '', app, APP);
  checkMembers(problems, 'app.json', 'window.', app.window, WINDOW);
  if (app.entryPagePath && !graph.pages.includes(app.entryPagePath)) problems.error({ file: 'app.json' }, 'entryPagePath: is not one of pages');
  if (app.tabBar) checkTabBar(graph, app.tabBar);
  for (const [name, config] of graph.components) checkComponent(graph, name, config);
}

function checkTabBar({ project, problems, pages }, tabBar) {
  const error = (message) => problems.error({ file: 'app.json' }, message);
  checkMembers(problems, 'app.json', 'tabBar.', tabBar, TAB_BAR);
  const list = tabBar.list ?? [];
  if (list.length < TAB_COUNT.min || list.length > TAB_COUNT.max) error(`tabBar.list: expected ${TAB_COUNT.min} to ${TAB_COUNT.max} items`);
  list.forEach((item, index) => {
    const path = `tabBar.list[${index}]`;
    if (!pages.includes(item.pagePath)) error(`${path}.pagePath: is not one of pages`);
    if (!item.text) error(`${path}.text: is missing`);
    for (const name of ['iconPath', 'selectedIconPath'].filter((key) => item[key])) checkTabIcon(project, error, `${path}.${name}`, item[name]);
  });
}

function checkTabIcon(project, error, path, file) {
  if (!/\.(png|jpe?g)$/i.test(file)) error(`${path}: expected a PNG or JPEG`);
  else if (!project.has(file)) error(`${path}: ${file} is not found`);
  else if (project.size(file) > TAB_ICON_BYTES_MAX) error(`${path}: more than 40 KB`);
}

function checkComponent({ project, problems, pages, components }, name, config) {
  const file = `${name}.json`;
  if (!project.has(file)) return;
  checkMembers(problems, file, '', config, PAGE);
  for (const [tag, target] of Object.entries(config.usingComponents ?? {})) {
    const path = target.slice(1);
    const used = components.get(path);
    const isComponent = !used || used.component === true || pages.includes(path);
    if (!isComponent) problems.error({ file }, `usingComponents.${tag}: ${path}.json needs "component": true`);
  }
}
