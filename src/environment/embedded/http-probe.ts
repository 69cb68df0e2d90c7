/** @throws Error with the status and the first words of the answer, unless it is a success. */
export async function expectSuccess(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, headers: { connection: 'close' } });
  const body = await response.text();
  if (response.ok) return body;
  throw new Error(`GET ${url} answered ${response.status}: ${body.slice(0, 300)}`);
}
