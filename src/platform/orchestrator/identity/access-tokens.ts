import { errors, jwtVerify, SignJWT } from 'jose';

import type { Clock } from '../../../support/clock.ts';
import { OptiInfraError } from '../../../support/errors.ts';

export const ACCESS_TOKEN_SECONDS = 15 * 60;
const ISSUER = 'optiinfra';
const KEY_BYTES = 32;

interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

export interface AccessTokens {
  issue(claims: AccessClaims): Promise<string>;
  /** Undefined when the token is not ours, was altered or has expired. */
  verify(token: string): Promise<AccessClaims | undefined>;
}

/** Short JWTs (HS256). They name the session only: what it may do is read from the database, so it can be revoked. */
export function createAccessTokens({ key, clock }: { key: string; clock: Clock }): AccessTokens {
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== KEY_BYTES) {
    throw new OptiInfraError('NOT_READY', `OPTIINFRA_TOKEN_KEY must be ${KEY_BYTES} bytes in base64`);
  }
  const seconds = (): number => Math.floor(clock.wallMs() / 1000);
  return {
    issue: ({ userId, sessionId }) =>
      new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setSubject(userId)
        .setIssuedAt(seconds())
        .setExpirationTime(seconds() + ACCESS_TOKEN_SECONDS)
        .sign(bytes),
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, bytes, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          currentDate: new Date(clock.wallMs()),
        });
        const { sub, sid } = payload;
        return sub === undefined || typeof sid !== 'string' ? undefined : { userId: sub, sessionId: sid };
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
