/** Proof that this project catches wrong calls: each of these lines must be an error. */

// @ts-expect-error no such function
wx.reqest({ url: '' });
// @ts-expect-error misspelt option
wx.request({ urll: '' });
// @ts-expect-error instantiate takes a path, not bytes
WXWebAssembly.instantiate(new ArrayBuffer(8), {});
// @ts-expect-error not in a mini-program
fetch('https://example.com');
// @ts-expect-error not in a mini-program
new TextDecoder();
// @ts-expect-error not in a mini-program
crypto.getRandomValues(new Uint8Array(1));
// @ts-expect-error not in a mini-program
localStorage.getItem('key');
