import { appendFile } from 'node:fs/promises';

import { describeError } from '../../support/errors.ts';

/** What a GitHub Actions job is told of a run or suite that has ended. */
export interface GitHubNews {
  readonly markdown: string;
  readonly annotations: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Appends to the step summary and annotates the job, inside GitHub Actions only. Both go past standard output, which
 * belongs to the run. A summary that cannot be written is said; it changes no verdict.
 */
export async function tellGitHub(
  news: () => GitHubNews | Promise<GitHubNews>,
  {
    env = process.env,
    say = (line: string) => void process.stderr.write(`${line}\n`),
  }: {
    readonly env?: Variables;
    readonly say?: (line: string) => void;
  } = {},
): Promise<void> {
  const summary = env['GITHUB_STEP_SUMMARY'] ?? '';
  const annotates = env['GITHUB_ACTIONS'] === 'true';
  if (summary === '' && !annotates) return;
  const { markdown, annotations } = await news();
  if (annotates) annotations.forEach(say);
  if (summary === '') return;
  try {
    await appendFile(summary, `${markdown}\n`);
  } catch (error) {
    say(`the step summary could not be written to ${summary}: ${describeError(error)}`);
  }
}
