import type { QdrantClient } from '@qdrant/js-client-rest';
import { z } from 'zod';

import { OptiInfraError } from '../../../../support/errors.ts';
import { FEATURE_NAMES } from './features.ts';
import type { NearPattern, PatternStore } from './pattern.ts';

export const PATTERN_COLLECTION = 'optimization_patterns';
const TIMEOUT_MS = 10_000;

const payload = z.object({
  ratio: z.number().nullable(),
  latency_ratio: z.number().nullable(),
  succeeded: z.boolean(),
});

/** Patterns in Qdrant through the official client, which is loaded, as the collection is made, at the first use. */
export function createQdrantPatternStore(url: string): PatternStore {
  let ready: Promise<QdrantClient> | null = null;
  const client = (): Promise<QdrantClient> => {
    // A failed preparation must not stick: the next call tries again.
    ready ??= prepare(url).catch((error: unknown) => {
      ready = null;
      throw error;
    });
    return ready;
  };
  const ask = async <T>(question: (client: QdrantClient) => Promise<T>): Promise<T> => {
    try {
      return await question(await client());
    } catch (error) {
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'the pattern store did not answer', {
        cause: error,
      });
    }
  };
  return {
    save: async ({ patternId, features, payload: stored }) => {
      const points = [{ id: patternId, vector: [...features], payload: { ...stored } }];
      await ask((qdrant) => qdrant.upsert(PATTERN_COLLECTION, { wait: true, points }));
    },
    nearest: async (features, limit, kind) => {
      const filter = { must: [{ key: 'kind', match: { value: kind } }] };
      const { points } = await ask((qdrant) =>
        qdrant.query(PATTERN_COLLECTION, { query: [...features], limit, with_payload: true, filter }),
      );
      return points.map((point): NearPattern => {
        const { ratio, latency_ratio: latencyRatio, succeeded } = payload.parse(point.payload);
        return { patternId: String(point.id), distance: point.score, ratio, latencyRatio, succeeded };
      });
    },
  };
}

async function prepare(url: string): Promise<QdrantClient> {
  const { QdrantClient } = await import('@qdrant/js-client-rest');
  const client = new QdrantClient({ url, timeout: TIMEOUT_MS, checkCompatibility: false });
  if (await exists(client)) return client;
  try {
    await client.createCollection(PATTERN_COLLECTION, {
      vectors: { size: FEATURE_NAMES.length, distance: 'Euclid' },
    });
  } catch (error) {
    // Another agent may have made it in between.
    if (!(await exists(client))) throw error;
  }
  return client;
}

async function exists(client: QdrantClient): Promise<boolean> {
  return (await client.collectionExists(PATTERN_COLLECTION)).exists;
}
