import type { Gate } from '../../contracts/runs.ts';
import { flagIs, textIn } from '../facts.ts';
import { above, atLeast, atMost, near, witnessesAgree } from '../numbers.ts';

const DISCOVERY_SECONDS = 120;
/** 128 bits in base64url are 22 characters. */
const TOKEN_CHARACTERS = 22;

/** A new account: made once, open to its owner alone, its password kept as a hash. */
export const signedUp: readonly Gate[] = [
  textIn({ gate: 'signed-up', evidence: 'account.signup', allowed: ['200'] }),
  textIn({
    gate: 'second-signup-refused',
    evidence: 'account.second-signup',
    allowed: ['409 ALREADY_EXISTS body.email'],
  }),
  textIn({
    gate: 'wrong-password-refused',
    evidence: 'account.wrong-password',
    allowed: ['401 UNAUTHENTICATED'],
  }),
  flagIs({
    gate: 'account-in-database',
    evidence: 'account.in-database',
    expected: true,
    because: 'one active customer with one owner',
  }),
  flagIs({
    gate: 'password-hashed',
    evidence: 'account.password-hashed',
    expected: true,
    because: 'argon2id, not the password',
  }),
];

/** From an account to a discovered fleet. */
export const onboardedGates = {
  'onboard-cloud': [
    witnessesAgree({
      gate: 'every-place-onboarded',
      evidence: 'onboarding.places',
      witness: 'onboarding.places-expected',
      toleranceShare: 0,
    }),
    flagIs({
      gate: 'credentials-sealed',
      evidence: 'onboarding.sealed',
      expected: true,
      because: 'what is stored does not hold the role in clear',
    }),
    atLeast({ gate: 'onboarding-audited', evidence: 'onboarding.audited', threshold: 1 }),
  ],
  'install-command': [
    flagIs({
      gate: 'install-command-complete',
      evidence: 'install.command-complete',
      expected: true,
      because: 'the command names the API and carries the token',
    }),
    atLeast({
      gate: 'install-token-long',
      evidence: 'install.token-characters',
      threshold: TOKEN_CHARACTERS,
    }),
    flagIs({
      gate: 'install-token-hashed',
      evidence: 'install.token-hashed',
      expected: true,
      because: 'the row holds a hash, not the token',
    }),
  ],
  'connect-runtime': [
    textIn({ gate: 'runtime-connected', evidence: 'runtime.state', allowed: ['connected'] }),
    textIn({
      gate: 'install-token-used-once',
      evidence: 'runtime.token-used-twice',
      allowed: ['401 UNAUTHENTICATED'],
    }),
    near({ gate: 'one-runtime-in-database', evidence: 'runtime.connections', expected: 1, tolerance: 0 }),
  ],
  'await-discovery': [
    atMost({ gate: 'discovery-in-time', evidence: 'discovery.seconds', threshold: DISCOVERY_SECONDS }),
    above({ gate: 'discovery-found-nodes', evidence: 'discovery.instances', threshold: 0 }),
    flagIs({
      gate: 'discovery-exact',
      evidence: 'discovery.exact',
      expected: true,
      because: 'the very instances that the cloud runs, no other',
    }),
    flagIs({
      gate: 'discovery-deployments',
      evidence: 'discovery.deployments',
      expected: true,
      because: 'the deployments that the world serves',
    }),
  ],
} satisfies Readonly<Record<string, readonly Gate[]>>;
