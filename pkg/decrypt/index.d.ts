/**
 * A GrowthBook payload in the open: each encrypted member (`encryptedFeatures`, `encryptedExperiments`,
 * `encryptedSavedGroups`, `encryptedContextualBandits`) in place of the plain one. One without encrypted members comes back
 * with the same content.
 *
 *     const decryptPayload = require('huitou-decrypt');
 *     open({ …, experiments: { url, decrypt: (text) => decryptPayload(text, KEY) } });
 *
 * The cipher (AES-128-CBC) hides rules from those who look at the traffic; it proves nothing of who made them.
 * @param payload JSON text as the endpoint serves it
 * @param key base64 of 16 bytes: the decryption key of the SDK connection
 * @returns JSON text
 * @throws Error with `code` `payload_not_json`, or `payload_encrypted` and the member's name as `path` if the key is another one
 */
declare function decryptPayload(payload: string, key: string): string;
export = decryptPayload;
