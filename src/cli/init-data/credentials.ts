import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

import type { DemoCustomer } from '../../fixtures/index.ts';

const OWNER_ONLY = 0o600;

/** By e-mail address. */
type Credentials = Readonly<Record<string, { readonly company: string; readonly password: string }>>;

/** Keeps how to log in where only the owner of the file can read it; what is noted of others stays. */
export function noteCredentials(file: string, { company, email, password }: DemoCustomer): void {
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Credentials) : {};
  const draft = `${file}.draft`;
  writeFileSync(draft, `${JSON.stringify({ ...known, [email]: { company, password } }, null, 2)}\n`, {
    mode: OWNER_ONLY,
  });
  // A draft that was left behind keeps its own mode.
  chmodSync(draft, OWNER_ONLY);
  renameSync(draft, file);
}
