/** huitou-decrypt: encrypted payloads, apart from the engine because few have them and a cipher weighs. */
import { cbc } from '@noble/ciphers/aes.js';
import { fromBase64 } from './base64.js';
import { HuitouError } from './error.js';
import { decodeUtf8 } from './utf8.js';

const MEMBERS = {
  encryptedFeatures: 'features',
  encryptedExperiments: 'experiments',
  encryptedSavedGroups: 'savedGroups',
  encryptedContextualBandits: 'contextualBandits',
};

/** What `"iv.ciphertext"` holds as JSON. The padding of a wrong key is right once in 256 times; what comes out is no JSON then. */
function opened(text, key) {
  const [iv, body] = text.split('.').map(fromBase64);
  return JSON.parse(decodeUtf8(cbc(fromBase64(key), iv).decrypt(body)));
}

function parsed(payload) {
  try {
    return JSON.parse(payload);
  } catch (error) {
    throw new HuitouError('payload_not_json', 'expected a payload as JSON: ' + error.message);
  }
}

/** See pkg/decrypt/index.d.ts. */
export default function decryptPayload(payload, key) {
  const members = Object.assign({}, parsed(payload));
  for (const name in MEMBERS) {
    const text = members[name];
    delete members[name];
    if (!text) continue;
    try {
      members[MEMBERS[name]] = opened(text, key);
    } catch (error) {
      throw new HuitouError('payload_encrypted', "can't be decrypted with this key; check the key of the connection", name);
    }
  }
  return JSON.stringify(members);
}
