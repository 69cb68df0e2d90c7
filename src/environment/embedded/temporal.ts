import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Connection } from '@temporalio/client';

import { NAMESPACES } from '../../contracts/environment.ts';
import { SEARCH_ATTRIBUTES } from '../../contracts/runs.ts';
import type { ProcessContext, ProcessDefinition } from '../definition.ts';
import { pythonPaths } from '../python.ts';
import { dataDirectory } from '../state/paths.ts';
import { expectSuccess } from './http-probe.ts';
import { baseVariables } from './variables.ts';

/** How long Temporal keeps the history of a closed workflow. */
const RETENTION_MS = 30 * 24 * 3_600_000;

/** Without these a phase takes 50 ms instead of 17 and a timer never less than a second (both measured). */
const SERVER_SETTINGS = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxTimeShift="5ms"',
  'frontend.WorkflowPauseEnabled=true',
  'frontend.WorkflowTimeSkippingEnabled=true',
];

/** Temporal's server and Web UI, on a file. */
export const temporal: ProcessDefinition = {
  name: 'temporal',
  ports: ['temporal', 'temporalUi'],
  after: [],
  layer: 'engine',
  stopSignal: 'SIGTERM',
  deadlineMs: 60_000,
  prepare: async ({ root, descriptor }) => {
    pythonPaths(root);
    mkdirSync(dataDirectory(descriptor.directory, 'temporal'), { recursive: true, mode: 0o700 });
  },
  command: (context) => ({
    file: pythonPaths(context.root).temporal,
    arguments: serverArguments(context),
    variables: baseVariables(context),
    workingDirectory: context.root,
  }),
  loadClient,
  probe: writeAndReadNamespaces,
};

function serverArguments({ descriptor }: ProcessContext): string[] {
  const { ports, directory } = descriptor;
  const attributes = Object.values(SEARCH_ATTRIBUTES).map(
    (name) => `${name}=${name === SEARCH_ATTRIBUTES.seed ? 'Int' : 'Keyword'}`,
  );
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1'],
    ...['--port', String(ports.temporal), '--ui-port', String(ports.temporalUi)],
    ...['--db-filename', join(dataDirectory(directory, 'temporal'), 'temporal.db')],
    // The write-ahead log makes a file as fast as memory, and it survives a kill.
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
    ...['--ui-disable-news-fetch', '--log-level', 'warn'],
    ...Object.values(NAMESPACES).flatMap((namespace) => ['--namespace', namespace]),
    ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
    ...SERVER_SETTINGS.flatMap((setting) => ['--dynamic-config-value', setting]),
  ];
}

async function loadClient() {
  return import('@temporalio/client');
}

/** The write is the retention of each namespace (a server started anew has 24 hours) with a token; then both are read. */
async function writeAndReadNamespaces(context: ProcessContext, signal: AbortSignal): Promise<string> {
  const { urls } = context.descriptor;
  await expectSuccess(urls.temporalUi, signal);
  const client = await loadClient();
  const connection = await client.Connection.connect({
    address: urls.temporalAddress,
    connectTimeout: 3_000,
  });
  try {
    await connection.withAbortSignal(signal, async () => {
      for (const namespace of Object.values(NAMESPACES)) await provisionNamespace(connection, namespace);
    });
    return `namespaces ${Object.values(NAMESPACES).join(', ')} written and read`;
  } finally {
    await connection.close();
  }
}

async function provisionNamespace(connection: Connection, namespace: string): Promise<void> {
  const { msToTs, tsToMs } = await import('@temporalio/common/lib/time.js');
  const token = randomUUID();
  await connection.workflowService.updateNamespace({
    namespace,
    updateInfo: { data: { readiness: token } },
    config: { workflowExecutionRetentionTtl: msToTs(RETENTION_MS) },
  });
  const { namespaceInfo, config } = await connection.workflowService.describeNamespace({ namespace });
  const retentionMs = tsToMs(config?.workflowExecutionRetentionTtl);
  if (namespaceInfo?.data?.['readiness'] !== token || retentionMs !== RETENTION_MS) {
    throw new Error(`namespace ${namespace} did not keep what was written`);
  }
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SEARCH_ATTRIBUTES).filter((name) => customAttributes[name] === undefined);
  if (missing.length > 0) throw new Error(`namespace ${namespace} lacks ${missing.join(', ')}`);
}
