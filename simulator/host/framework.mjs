// WeChat's component framework, loaded with the compiled app.
import { addGlobalErrorListener, globalOptions } from 'glass-easel';
import { MiniProgramEnv, component as adapter } from 'glass-easel-miniprogram-adapter';
import { createBackend } from './backend.mjs';
import { registerBuiltins } from './builtins/index.mjs';

/** An error in a handler or lifetime is an uncaught error of the app, not a line on the console. */
function raise(error) {
  reportError(error);
  return false;
}

/** Holds the component definitions of one run of the app. */
export class Framework {
  constructor(phone, templates) {
    const { components, scopes } = phone.config;
    this.phone = phone;
    globalOptions.writeIdToDOM = true;
    addGlobalErrorListener(raise);
    const env = new MiniProgramEnv();
    env.getGlobalCodeSpace().getComponentSpace().getComponentOptions().writeIdToDOM = true;
    this.space = env.createCodeSpace('main', true);
    this.space.getComponentSpace().updateComponentOptions({ writeIdToDOM: true });
    this.backend = env.associateBackend(createBackend());
    adapter.ComponentCaller.prototype.createSelectorQuery = function createSelectorQuery() {
      return phone.api.createSelectorQuery().in(this);
    };
    registerBuiltins(this.space.getComponentSpace(), phone);
    for (const [path, config] of Object.entries(components)) {
      this.space.addComponentStaticConfig(path, config);
      this.space.addStyleSheet(path, undefined, scopes[path] ?? '');
      this.space.addCompiledTemplate(path, { groupList: templates, content: templates[path] });
    }
  }

  /** `Page`, `Component`, `Behavior` for the app's code; they register what is being loaded. */
  definers() {
    const forward = (name) => (definition) => {
      if (!this.defining) throw new Error(`${name}() was called outside of loading a page or component`);
      return this.defining[name](definition);
    };
    return { Page: forward('Page'), Component: forward('Component'), Behavior: forward('Behavior') };
  }

  /** Runs `load` while definitions belong to `path`. */
  define(path, load) {
    this.space.componentEnv(path, (env) => {
      this.defining = env;
      load();
    });
  }

  /** Makes the instance of a page; it is not drawn yet. */
  createRoot(path) {
    return this.backend.createRoot('page-root', this.space, path);
  }

  /** Draws a page into `parent`; its components are attached. */
  attach(root, parent) {
    const placeholder = document.createElement('div');
    parent.appendChild(placeholder);
    root.attach(parent, placeholder);
  }
}
