import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';

import type { BundleOptions } from '@temporalio/worker';

import { OptiInfraError } from './errors.ts';

type WebpackConfiguration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

export interface WorkflowBundleOptions {
  /** Absolute path of the file that exports the workflows. */
  readonly entry: string;
  /** Directory of the cached bundles; created when absent. */
  readonly cacheDir: string;
}
export interface WorkflowBundle {
  /** For `Worker.create({ workflowBundle: { codePath } })`. */
  readonly codePath: string;
  readonly cached: boolean;
}

/** Static imports, re-exports and dynamic imports with a literal specifier. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g;

/**
 * The bundle that Temporal's sandbox runs, built once per content: every source file reachable from the entry and the
 * version of every package it imports are in the key, so a stale bundle cannot be picked up. Building takes seconds,
 * a hit a few milliseconds.
 */
export async function loadWorkflowBundle(
  options: WorkflowBundleOptions,
  build: (entry: string) => Promise<string> = buildBundle,
): Promise<WorkflowBundle> {
  const key = await contentKey(options.entry);
  const codePath = join(options.cacheDir, `${basename(options.entry, '.ts')}-${key}.cjs`);
  if (existsSync(codePath)) return { codePath, cached: true };
  const code = await build(options.entry);
  await mkdir(options.cacheDir, { recursive: true });
  // Two processes may build at once: each renames a whole file into place, and both files are equal.
  const draft = `${codePath}.${String(process.pid)}.tmp`;
  await writeFile(draft, code);
  await rename(draft, codePath);
  return { codePath, cached: false };
}

async function buildBundle(entry: string): Promise<string> {
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const said: string[] = [];
  try {
    const logger = { ...SILENT, error: (text: string) => void said.push(text) };
    const { code } = await bundleWorkflowCode({
      workflowsPath: entry,
      logger,
      webpackConfigHook: withNativeSyntax,
    });
    return code;
  } catch (cause) {
    // The bundler's own error says only that there was one; what it was it tells its logger.
    const why = errorsIn(said.join('\n'));
    throw new OptiInfraError('NOT_READY', `workflow code cannot be bundled: ${why}`, { cause });
  }
}

/** What the sandbox's V8 speaks: no helper stands in for an object spread, which a run does by the hundred. */
const TARGET = 'es2022';

function withNativeSyntax(configuration: WebpackConfiguration): WebpackConfiguration {
  for (const rule of configuration.module?.rules ?? []) {
    const use = typeof rule === 'object' ? rule?.use : undefined;
    if (typeof use !== 'object' || !('options' in use)) continue;
    const { options } = use;
    if (typeof options === 'object' && 'jsc' in options) Object.assign(options['jsc'], { target: TARGET });
  }
  return configuration;
}

/** Bundler chatter is of no use to an operator. */
const quiet = (): void => undefined;
const SILENT = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
const SHOWN_CHARACTERS = 1_500;

function errorsIn(output: string): string {
  return output.slice(Math.max(0, output.indexOf('ERROR in '))).slice(0, SHOWN_CHARACTERS);
}

/** Hash of every source file that is reached from this one, and of the versions of the packages they import. */
export async function contentKey(entry: string): Promise<string> {
  const sources = new Map<string, string>();
  const packages = new Set(['@temporalio/worker', '@temporalio/workflow']);
  const open = [resolve(entry)];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (sources.has(path)) continue;
    const text = await readSource(path, entry);
    sources.set(path, text);
    for (const [, , specifier = ''] of text.matchAll(IMPORT)) {
      if (specifier.startsWith('.')) open.push(resolve(dirname(path), specifier));
      else packages.add(packageOf(specifier));
    }
  }
  const hash = createHash('sha256').update(`${TARGET}\0`);
  for (const name of [...packages].sort()) hash.update(`${name}@${versionOf(name)}\0`);
  for (const [path, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${relative(dirname(entry), path)}\0${text}\0`);
  }
  return hash.digest('hex').slice(0, 24);
}

async function readSource(path: string, entry: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new OptiInfraError(
      'NOT_READY',
      `workflow source ${relative(dirname(entry), path)} cannot be read`,
      {
        cause,
      },
    );
  });
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

const require = createRequire(import.meta.url);

/** Built-in modules have no manifest; the bundler refuses them itself, with a better message than ours would be. */
function versionOf(name: string): string {
  for (const root of require.resolve.paths(name) ?? []) {
    const manifest = join(root, name, 'package.json');
    if (existsSync(manifest)) return (require(manifest) as { version: string }).version;
  }
  return 'builtin';
}
