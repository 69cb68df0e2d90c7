import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalJson } from '../../../../../src/platform/orchestrator/audit/canonical.ts';
import {
  createChainVerifier,
  entryHash,
  GENESIS_HASH,
  type ChainedEntry,
} from '../../../../../src/platform/orchestrator/audit/chain.ts';

const facts = fc.record({
  actor: fc.string(),
  action: fc.string(),
  subject: fc.string(),
  data: fc.dictionary(fc.string(), fc.jsonValue()),
});

function chainOf(bodies: readonly { actor: string; action: string; subject: string; data: object }[]) {
  const entries: ChainedEntry[] = [];
  for (const [index, body] of bodies.entries()) {
    const previous = entries.at(-1)?.hash ?? GENESIS_HASH;
    const data = JSON.parse(JSON.stringify(body.data)) as Record<string, unknown>;
    const entry = {
      ...body,
      data,
      chain: 'cus_1',
      sequence: index + 1,
      id: `aud_${index}`,
      at: '2026-01-01T00:00:00.000Z',
    };
    entries.push({ ...entry, previous_hash: previous, hash: entryHash(previous, entry) });
  }
  return entries;
}

function verify(entries: readonly ChainedEntry[], of: readonly ChainedEntry[] = entries) {
  const verifier = createChainVerifier();
  for (const entry of entries) verifier.take(entry);
  const last = of.at(-1);
  return verifier.finish({ sequence: last?.sequence ?? 0, hash: last?.hash ?? GENESIS_HASH });
}

describe('audit chain', () => {
  it('verifies whatever was appended', () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 8 }), (bodies) => {
        const entries = chainOf(bodies);
        expect(verify(entries)).toEqual({
          valid: true,
          entries: entries.length,
          first_broken_sequence: null,
        });
      }),
    );
  });

  it('finds any changed field at its entry, even when its own hash was recomputed', () => {
    const field = fc.constantFrom('actor', 'action', 'subject', 'at', 'id');
    fc.assert(
      fc.property(
        fc.array(facts, { minLength: 2, maxLength: 8 }),
        fc.nat(),
        field,
        fc.boolean(),
        (bodies, at, name, rehash) => {
          const entries = chainOf(bodies);
          const index = at % (entries.length - 1);
          const changed = { ...entries[index]!, [name]: `${entries[index]![name]}!` };
          const forged = rehash ? { ...changed, hash: entryHash(changed.previous_hash, changed) } : changed;
          const result = verify(entries.with(index, forged), entries);
          // A recomputed hash moves the break to the entry that still names the old one.
          expect(result).toMatchObject({ valid: false, first_broken_sequence: index + (rehash ? 2 : 1) });
        },
      ),
    );
  });

  it('finds any removed run of entries, the tail included', () => {
    fc.assert(
      fc.property(
        fc.array(facts, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.integer({ min: 1, max: 3 }),
        (bodies, at, count) => {
          const entries = chainOf(bodies);
          const index = at % entries.length;
          const cut = entries.toSpliced(index, count);
          expect(verify(cut, entries)).toMatchObject({ valid: false, first_broken_sequence: index + 1 });
        },
      ),
    );
  });

  it('finds two entries that changed places', () => {
    const entries = chainOf(
      [1, 2, 3].map((n) => ({ actor: 'a', action: 'b', subject: String(n), data: {} })),
    );
    const [first, second, third] = entries as [ChainedEntry, ChainedEntry, ChainedEntry];
    expect(verify([first, third, second], entries)).toMatchObject({ valid: false, first_broken_sequence: 2 });
  });
});

describe('canonicalJson', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    );
  });

  it('says as much as JSON does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
      }),
    );
  });
});
