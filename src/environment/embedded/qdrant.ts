import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessContext, ProcessDefinition } from '../definition.ts';
import { pythonPaths } from '../python.ts';
import { dataDirectory } from '../state/paths.ts';
import { baseVariables } from './variables.ts';

/** Qdrant's engine behind our REST front. */
export const qdrant: ProcessDefinition = {
  name: 'qdrant',
  ports: ['qdrant'],
  after: [],
  layer: 'engine',
  stopSignal: 'SIGTERM',
  deadlineMs: 60_000,
  prepare: async ({ root, descriptor }) => {
    pythonPaths(root);
    mkdirSync(dataDirectory(descriptor.directory, 'qdrant'), { recursive: true, mode: 0o700 });
  },
  command: (context) => ({
    file: pythonPaths(context.root).python,
    arguments: [
      join(context.root, 'src', 'environment', 'fronts', 'qdrant_front.py'),
      ...['--port', String(context.descriptor.ports.qdrant)],
      ...['--data-dir', dataDirectory(context.descriptor.directory, 'qdrant')],
    ],
    variables: { ...baseVariables(context), PYTHONUNBUFFERED: '1' },
    workingDirectory: context.root,
  }),
  loadClient,
  probe: writeAndReadPoint,
};

async function loadClient() {
  return import('@qdrant/js-client-rest');
}

async function writeAndReadPoint(context: ProcessContext, _signal: AbortSignal): Promise<string> {
  const { QdrantClient } = await loadClient();
  const client = new QdrantClient({
    url: context.descriptor.urls.qdrant,
    timeout: 5_000,
    checkCompatibility: false,
  });
  // A name of its own: two commands may look at the same time.
  const collection = `readiness-${randomUUID()}`;
  const id = 1;
  await client.createCollection(collection, { vectors: { size: 2, distance: 'Cosine' } });
  try {
    await client.upsert(collection, { wait: true, points: [{ id, vector: [0.6, 0.8], payload: {} }] });
    const [point] = await client.retrieve(collection, { ids: [id] });
    if (point?.id !== id) throw new Error('Qdrant lost a point');
    return 'point written and read';
  } finally {
    await client.deleteCollection(collection);
  }
}
