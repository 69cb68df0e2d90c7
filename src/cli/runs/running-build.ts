import type { EnvironmentDescriptor } from '../../contracts/environment.ts';

const ANSWER_LIMIT_MS = 3_000;

/** The build that an environment's worker runs; null when it does not answer. */
export async function runningBuild({ ports }: EnvironmentDescriptor): Promise<string | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${String(ports.worker)}/health`, {
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const { buildId } = (await answer.json()) as { readonly buildId?: string };
    return buildId ?? null;
  } catch (error) {
    // Nobody listens there, or it hangs: then there is no build to speak of.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')) return null;
    throw error;
  }
}
