import { createHash } from 'node:crypto';

import type { AuditVerification } from '../../../contracts/api/customers.ts';
import { canonicalJson } from './canonical.ts';

/** What precedes the first entry of every chain. */
export const GENESIS_HASH = '0'.repeat(64);
/** The chain of what belongs to no customer: the platform's own, such as a login under an unknown address. */
export const PLATFORM_CHAIN = 'platform';

/** What an entry's hash covers, its place in the chain included. */
export interface AuditFacts {
  readonly chain: string;
  readonly sequence: number;
  readonly id: string;
  /** RFC 3339 with milliseconds. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}
export interface ChainedEntry extends AuditFacts {
  readonly previous_hash: string;
  readonly hash: string;
}
/** Where the chain says it ends, kept apart from the entries so that a cut tail shows. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

export function entryHash(previousHash: string, facts: AuditFacts): string {
  const { chain, sequence, id, at, actor, action, subject, data } = facts;
  const text = canonicalJson({ chain, sequence, id, at, actor, action, subject, data });
  return createHash('sha256').update(previousHash).update('\n').update(text).digest('hex');
}

/** Follows the chain from its start; entries come in ascending order of sequence. */
export function createChainVerifier(): {
  readonly take: (entry: ChainedEntry) => void;
  readonly finish: (end: ChainEnd) => AuditVerification;
} {
  let previous: ChainEnd = { sequence: 0, hash: GENESIS_HASH };
  let entries = 0;
  let broken: number | null = null;
  return {
    take: (entry) => {
      entries += 1;
      const follows = entry.sequence === previous.sequence + 1 && entry.previous_hash === previous.hash;
      if (!follows || entry.hash !== entryHash(entry.previous_hash, entry)) {
        // A removed entry is the broken one, not its neighbour.
        broken ??= Math.min(entry.sequence, previous.sequence + 1);
      }
      previous = { sequence: entry.sequence, hash: entry.hash };
    },
    finish: (end) => {
      if (end.sequence !== previous.sequence || end.hash !== previous.hash) {
        broken ??= Math.min(end.sequence, previous.sequence) + 1;
      }
      return { valid: broken === null, entries, first_broken_sequence: broken };
    },
  };
}
