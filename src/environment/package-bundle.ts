import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { OptiInfraError } from '../support/errors.ts';

/** The sources of services: their imports tell which packages are worth it. */
const SOURCES = [
  ...['platform', 'world', 'client', 'fixtures', 'reporting', 'support'].map((room) => join('src', room)),
  ...['activities', 'worker'],
];
/** They load files that lie beside them: native modules, what Temporal puts into its sandbox, Google's descriptions. */
const LEFT_OUT = /^(node:|@node-rs\/|@temporalio\/|@google-cloud\/|google-|$)/;
/** Static imports of values and dynamic ones, of packages. */
const IMPORT =
  /^(?:import|export)\s(?!type\b)[^;]*?\bfrom\s*'([^'.][^']*)'|\bimport\(\s*'([^'.][^']*)'\s*\)/gm;

export type PackageBuilder = (root: string, to: string) => Promise<void>;

/**
 * The packages that services import, as few files, built once a lockfile: finding and loading the thousand modules of
 * kysely, zod, fastify and the like is most of what the start of a service costs (docs/decisions). Our own sources
 * run as they are. Gives the module to preload, `node --import`, which leads imports of those packages there.
 * @throws OptiInfraError `NOT_READY` when it cannot be built.
 */
export async function loadPackageBundle(
  root: string,
  build: PackageBuilder = buildPackages,
): Promise<string> {
  const home = join(root, '.cache', 'packages');
  const directory = join(home, contentKey(root));
  const preload = join(directory, 'preload.mjs');
  if (existsSync(preload)) return preload;
  // Two launchers may build at once: each renames a whole directory into place, and both are equal.
  const draft = `${directory}.${String(process.pid)}.draft`;
  try {
    await mkdir(draft, { recursive: true });
    await build(root, draft);
    await rename(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(preload)) throw notBuilt(error);
  }
  return preload;
}

/** Makes this process, a command that is about to start an environment, load its own clients from the bundle too. */
export async function preferPackageBundle(root: string): Promise<void> {
  await import(pathToFileURL(await loadPackageBundle(root)).href);
}

/** The lockfile says which packages, this file what is made of them. */
function contentKey(root: string): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  return hash
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
    .slice(0, 24);
}

function notBuilt(cause: unknown): OptiInfraError {
  return new OptiInfraError('NOT_READY', 'the packages of the services could not be put together', {
    cause,
    hint: 'Run `npm ci`, then try again.',
  });
}

async function buildPackages(root: string, to: string): Promise<void> {
  const { rolldown } = await import('rolldown');
  const names = importedPackages(root);
  // A door is a module that never touches the disk: it lets out what one package exports.
  const doors = new Map(
    await Promise.all(names.map(async (name) => [doorId(root, name), await doorOf(name)] as const)),
  );
  await using bundle = await rolldown({
    cwd: root,
    input: Object.fromEntries(names.map((name) => [fileOf(name), doorId(root, name)])),
    platform: 'node',
    external: LEFT_OUT,
    logLevel: 'silent',
    plugins: [
      {
        name: 'doors',
        resolveId: (id) => (doors.has(id) ? id : null),
        load: (id) => doors.get(id) ?? null,
      },
    ],
  });
  await bundle.write({
    dir: to,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  });
  await writeFile(join(to, 'preload.mjs'), preloadModule(names));
}

/** The packages that the sources of services import by value, by the name they import them by. */
export function importedPackages(root: string): string[] {
  const names = SOURCES.map((directory) => join(root, directory))
    .filter((directory) => existsSync(directory))
    .flatMap((directory) => sourcesIn(directory))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(IMPORT)])
    .map(([, imported, awaited]) => imported ?? awaited ?? '');
  return [...new Set(names)].filter((name) => !LEFT_OUT.test(name)).sort();
}

function sourcesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(directory, file));
}

function fileOf(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_');
}

function doorId(root: string, name: string): string {
  return join(root, `door-to-${fileOf(name)}.mjs`);
}

/** Asks the package itself: which names a CommonJS package exports is known only when it has run. */
async function doorOf(name: string): Promise<string> {
  const exported = Object.keys((await import(name)) as object);
  const names = exported.filter((key) => key !== 'default' && /^[\w$]+$/.test(key));
  const source = JSON.stringify(name);
  const all = `export { ${names.join(', ')} } from ${source};\n`;
  return exported.includes('default') ? `${all}export { default } from ${source};\n` : all;
}

/** Leads our own imports to the bundle; packages that were left out go on finding theirs. */
function preloadModule(names: readonly string[]): string {
  const files = Object.fromEntries(names.map((name) => [name, `./${fileOf(name)}.mjs`]));
  return `import { registerHooks } from 'node:module';

const files = new Map(Object.entries(${JSON.stringify(files)}));
registerHooks({
  resolve(specifier, context, next) {
    const file = files.get(specifier);
    if (file === undefined || context.parentURL?.includes('/node_modules/')) return next(specifier, context);
    return { url: new URL(file, import.meta.url).href, format: 'module', shortCircuit: true };
  },
});
`;
}
