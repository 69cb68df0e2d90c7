import { exchange } from '../../support/http-exchange.ts';

/** Which account an access key acts on. */
export interface CallerLookup {
  /** Undefined when the header names no key. */
  accountOf(authorization: string | undefined): Promise<string | undefined>;
}

const LOOK_TIMEOUT_MS = 5_000;

/**
 * Asks the simulator by `GetCallerIdentity`, once a key: session keys are drawn at random when a role is assumed, and
 * the simulator alone knows whose they are.
 */
export function createCallerLookup(simulator: string): CallerLookup {
  const known = new Map<string, string>();
  return {
    accountOf: async (authorization = '') => {
      const key = /Credential=([^/]+)\//.exec(authorization)?.[1];
      if (key === undefined) return undefined;
      const account = known.get(key) ?? (await ask(simulator, key));
      known.set(key, account);
      return account;
    },
  };
}

async function ask(simulator: string, key: string): Promise<string> {
  const scope = '20260101/us-east-1/sts/aws4_request';
  const answer = await exchange(new URL(simulator), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      // The simulator reads the key and checks no signature.
      authorization: `AWS4-HMAC-SHA256 Credential=${key}/${scope}, SignedHeaders=host, Signature=0`,
    },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    signal: AbortSignal.timeout(LOOK_TIMEOUT_MS),
  });
  const account = /<Account>(\d{12})<\/Account>/.exec(answer.text)?.[1];
  if (answer.ok && account !== undefined) return account;
  throw new Error(`STS does not know whose the key is: ${answer.status} ${answer.text.slice(0, 200)}`);
}
