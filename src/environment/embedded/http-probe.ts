import { exchange, type HttpExchange } from '../../support/http-exchange.ts';

/**
 * Probes speak HTTP themselves: loading the engines' official clients took the launcher longer than waiting for the
 * engines. That the clients work is proved by the conformance tests of the fronts.
 * @throws Error with the status and the first words of the answer, unless it is a success.
 */
export async function expectSuccess(
  url: string,
  signal: AbortSignal,
  call: Omit<HttpExchange, 'signal'> = {},
): Promise<string> {
  const { ok, status, text } = await exchange(new URL(url), { ...call, signal });
  if (ok) return text;
  throw new Error(`${call.method ?? 'GET'} ${url} answered ${status}: ${text.slice(0, 300)}`);
}
