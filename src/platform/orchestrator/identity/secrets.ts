import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Kinds of secrets we hand out; the prefix tells them apart before any look-up. */
const SECRET_PREFIXES = {
  refresh: 'oirt',
  apiKey: 'oik',
  agentToken: 'oiat',
  runtimeToken: 'rt',
} as const;
export type SecretKind = keyof typeof SECRET_PREFIXES;

/** 256 random bits: guessing is hopeless, so a plain SHA-256 is enough to store it. */
export function newSecret(kind: SecretKind): string {
  return `${SECRET_PREFIXES[kind]}_${randomBytes(32).toString('base64url')}`;
}

export function isSecret(kind: SecretKind, text: string): boolean {
  return text.startsWith(`${SECRET_PREFIXES[kind]}_`);
}

/** Hex SHA-256, the only form in which a secret of ours is stored. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares digests in constant time, so that neither length nor prefix leaks. */
export function sameSecret(presented: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(presented), digest(expected));
}
