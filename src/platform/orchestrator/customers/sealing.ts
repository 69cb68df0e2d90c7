import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

import { OptiInfraError } from '../../../support/errors.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Sealed {
  /** Names the key, says nothing about it. */
  readonly keyId: string;
  /** Base64 of nonce, tag and cipher text. */
  readonly sealed: string;
}

/** AES-256-GCM. `context` is bound to the text: what was sealed for one customer does not open for another. */
export interface Sealing {
  readonly currentKeyId: string;
  seal(plain: string, context: string): Sealed;
  /** @throws OptiInfraError `INTERNAL` when the key is unknown or the text was altered. */
  open(sealed: Sealed, context: string): string;
}

/**
 * Keys as in `OPTIINFRA_SEALING_KEY`: base64, separated by commas. The first seals; the others only open what was sealed
 * before a rotation.
 */
export function createSealing(keyList: string): Sealing {
  const keys = keyList.split(',').map((text) => readKey(text.trim()));
  const current = keys[0];
  if (current === undefined) throw new OptiInfraError('NOT_READY', 'OPTIINFRA_SEALING_KEY is empty');
  const byId = new Map(keys.map((key) => [key.id, key.bytes]));
  return {
    currentKeyId: current.id,
    seal: (plain, context) => ({ keyId: current.id, sealed: encrypt(current.bytes, plain, context) }),
    open: ({ keyId, sealed }, context) => {
      const bytes = byId.get(keyId);
      if (bytes === undefined) {
        throw new OptiInfraError('INTERNAL', `no sealing key ${keyId} is at hand`, {
          hint: 'Keep the former key behind the new one in OPTIINFRA_SEALING_KEY until all is sealed anew.',
        });
      }
      return decrypt(bytes, sealed, context);
    },
  };
}

function readKey(base64: string): { readonly id: string; readonly bytes: Buffer } {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== KEY_BYTES) {
    throw new OptiInfraError('NOT_READY', `OPTIINFRA_SEALING_KEY must hold ${KEY_BYTES} bytes in base64`);
  }
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 12), bytes };
}

function encrypt(key: Buffer, plain: string, context: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

function decrypt(key: Buffer, sealed: string, context: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return decipher.update(text, undefined, 'utf8') + decipher.final('utf8');
  } catch (error) {
    throw new OptiInfraError('INTERNAL', 'a sealed text does not open: altered, or of another customer', {
      cause: error,
    });
  }
}
