import { exchange } from '../../support/http-exchange.ts';

/** @throws Error with the status and the first words of the answer, unless it is a success. */
export async function expectSuccess(url: string, signal: AbortSignal): Promise<string> {
  const { ok, status, text } = await exchange(new URL(url), { signal });
  if (ok) return text;
  throw new Error(`GET ${url} answered ${status}: ${text.slice(0, 300)}`);
}
