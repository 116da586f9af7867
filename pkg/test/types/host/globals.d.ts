/** Douyin's own types are not at hand; what is used of it has WeChat's shape. */
declare const tt: WechatMiniprogram.Wx;
declare const TTWebAssembly: { instantiate(path: string, imports: Record<string, Record<string, unknown>>): Promise<unknown> } | undefined;
