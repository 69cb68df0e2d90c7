import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import type { EnvironmentSecrets } from '../../contracts/environment.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { assertReadableBy, giveTo, unprivilegedUser, type SystemUser } from './unprivileged-user.ts';

const run = promisify(execFile);

/** Bump when what the template holds changes. */
const TEMPLATE_REVISION = 1;

/** Roles as the platform's migrations expect them; passwords come with each environment. */
const TEMPLATE_STATEMENTS = [
  'CREATE ROLE optiinfra_owner LOGIN NOSUPERUSER NOBYPASSRLS',
  'CREATE ROLE optiinfra_app LOGIN NOSUPERUSER NOBYPASSRLS',
  'CREATE DATABASE optiinfra OWNER optiinfra_owner',
];

/** Passwords only, loopback only, these two roles only: nobody logs in as superuser. */
const HOST_BASED_AUTHENTICATION = [
  'host optiinfra optiinfra_owner 127.0.0.1/32 scram-sha-256',
  'host optiinfra optiinfra_app 127.0.0.1/32 scram-sha-256',
  '',
].join('\n');

/** Makes an environment's cluster: a copy of the template, with this environment's passwords. */
export async function createCluster(
  root: string,
  target: string,
  secrets: EnvironmentSecrets,
): Promise<void> {
  const user = unprivilegedUser();
  const binaries = postgresBinaries(root);
  assertReadableBy(user, binaries.postgres);
  const template = await templateCluster(root, user);
  mkdirSync(dirname(target), { recursive: true });
  const draft = `${target}.draft`;
  rmSync(draft, { recursive: true, force: true });
  // A copy by the system's own program: it keeps owner and modes and shares blocks where the file system can.
  await run('cp', ['-a', template, draft]);
  giveTo(user, draft);
  await singleUser(root, draft, user, [
    `ALTER ROLE optiinfra_owner PASSWORD '${quoted(secrets.postgresOwnerPassword)}'`,
    `ALTER ROLE optiinfra_app PASSWORD '${quoted(secrets.postgresAppPassword)}'`,
  ]);
  renameSync(draft, target);
}

function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

/** `initdb` takes a second; its result is kept by version and copied. */
async function templateCluster(root: string, user: SystemUser | undefined): Promise<string> {
  const { initdb, version } = postgresBinaries(root);
  const template = join(root, '.cache', 'postgres', `${version}-${process.arch}-${TEMPLATE_REVISION}`);
  if (existsSync(template)) return template;
  // Built under a name of its own: two environments may start at the same time on a fresh machine.
  const draft = `${template}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  giveTo(user, draft);
  try {
    await runAs(user, initdb, [
      ...['--pgdata', draft, '--username', 'postgres', '--encoding', 'UTF8'],
      ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C'],
      ...['--wal-segsize', '4', '--auth', 'reject', '--no-sync', '--no-instructions'],
    ]);
    writeFileSync(join(draft, 'pg_hba.conf'), HOST_BASED_AUTHENTICATION);
    await singleUser(root, draft, user, TEMPLATE_STATEMENTS);
    keepFirst(draft, template);
    return template;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function keepFirst(draft: string, template: string): void {
  try {
    renameSync(draft, template);
  } catch (error) {
    // Another launcher was first; its template is as good.
    if (!existsSync(template)) throw error;
  }
}

/** Runs statements without a server and without a password: PostgreSQL's single-user mode reads one a line. */
async function singleUser(
  root: string,
  cluster: string,
  user: SystemUser | undefined,
  statements: readonly string[],
): Promise<void> {
  const { postgres } = postgresBinaries(root);
  const errors = await runAs(
    user,
    postgres,
    [
      '--single',
      '-D',
      cluster,
      '-c',
      'io_method=sync',
      '-c',
      'password_encryption=scram-sha-256',
      'postgres',
    ],
    `${statements.join('\n')}\n`,
  );
  // Single-user mode ends with 0 whatever the statements did.
  const failure = errors.split('\n').find((line) => /\b(ERROR|FATAL|PANIC):/.test(line));
  if (failure !== undefined) throw new OptiInfraError('ENGINE_REFUSED', `PostgreSQL: ${failure.trim()}`);
}

/** @returns standard error. */
async function runAs(
  user: SystemUser | undefined,
  file: string,
  words: readonly string[],
  input = '',
): Promise<string> {
  const running = run(file, [...words], {
    cwd: dirname(file),
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  running.child.stdin?.end(input);
  try {
    return (await running).stderr;
  } catch (cause) {
    const lines = ((cause as { stderr?: string }).stderr ?? '').trim().split('\n');
    throw new OptiInfraError('ENGINE_REFUSED', `PostgreSQL's ${file.split('/').at(-1) ?? ''} failed`, {
      // Its message repeats the whole command line; what it said is in the lines.
      details: { logLines: lines.slice(-12) },
      hint: 'The lines above say why; `e2e doctor` checks disk and user.',
    });
  }
}
