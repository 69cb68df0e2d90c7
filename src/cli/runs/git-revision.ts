import { execa } from 'execa';

/** The commit of this clone, with `+` when files differ from it; `unknown` outside a repository. */
export async function gitRevision(directory: string): Promise<string> {
  const revision = await execa('git', ['rev-parse', '--short', 'HEAD'], { cwd: directory, reject: false });
  if (revision.exitCode !== 0) return 'unknown';
  const status = await execa('git', ['status', '--porcelain'], { cwd: directory, reject: false });
  return `${revision.stdout}${status.stdout === '' ? '' : '+'}`;
}
