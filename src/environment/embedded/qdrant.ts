import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessContext, ProcessDefinition } from '../definition.ts';
import { pythonPaths } from '../python.ts';
import { dataDirectory } from '../state/paths.ts';
import { expectSuccess } from './http-probe.ts';
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
  loadClient: async () => undefined,
  probe: writeAndReadPoint,
};

async function writeAndReadPoint(context: ProcessContext, signal: AbortSignal): Promise<string> {
  // A name of its own: two commands may look at the same time.
  const collection = `${context.descriptor.urls.qdrant}/collections/readiness-${randomUUID()}`;
  const call = (method: string, path: string, body?: unknown): Promise<string> =>
    expectSuccess(`${collection}${path}`, signal, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const id = 1;
  await call('PUT', '', { vectors: { size: 2, distance: 'Cosine' } });
  try {
    await call('PUT', '/points?wait=true', { points: [{ id, vector: [0.6, 0.8], payload: {} }] });
    const { result } = JSON.parse(await call('POST', '/points', { ids: [id] })) as {
      result: readonly { readonly id: unknown }[];
    };
    if (result[0]?.id !== id) throw new Error('Qdrant lost a point');
    return 'point written and read';
  } finally {
    await call('DELETE', '');
  }
}
