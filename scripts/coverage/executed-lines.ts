import { readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { stripTypeScriptTypes } from 'node:module';
import { pathToFileURL } from 'node:url';

import { convert } from 'ast-v8-to-istanbul';
import { parseAstAsync } from 'rolldown/parseAst';

/** By line that a statement begins on: whether any such statement ran. */
export type LineHits = ReadonlyMap<number, boolean>;

/** The part of Istanbul's data of a file that lines follow from. */
export interface Statements {
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>;
  readonly s: Readonly<Record<string, number>>;
}

/** Lines of a TypeScript source as Node runs it: its types blanked out, so places stay where they are. */
export async function linesOfSource(path: string, coverage?: Profiler.ScriptCoverage): Promise<LineHits> {
  const code = stripTypeScriptTypes(readFileSync(path, 'utf8'));
  const url = pathToFileURL(path).href;
  const converted = await convert({
    code,
    coverage: { url, functions: coverage?.functions ?? neverRan(code.length) },
    ast: await parse(code),
  });
  return lineHits(Object.values(converted)[0]);
}

/** Lines of the sources in a bundle of workflows, by absolute path, from what ran in Temporal's sandbox. */
export async function linesOfBundle(
  path: string,
  coverage: Profiler.ScriptCoverage,
): Promise<Map<string, LineHits>> {
  const code = readFileSync(path, 'utf8');
  const converted = await convert({
    code,
    coverage: { url: pathToFileURL(path).href, functions: coverage.functions },
    ast: await parse(code),
    sourceMap: inlineSourceMap(code),
  });
  return new Map(Object.entries(converted).map(([source, data]) => [source, lineHits(data)]));
}

/** Istanbul's rule: a line ran when any statement that begins on it did. */
export function lineHits(data: Statements | undefined): LineHits {
  const hits = new Map<number, boolean>();
  for (const [id, { start }] of Object.entries(data?.statementMap ?? {})) {
    hits.set(start.line, hits.get(start.line) === true || (data?.s[id] ?? 0) > 0);
  }
  return hits;
}

type SourceMap = NonNullable<Parameters<typeof convert>[0]['sourceMap']>;

function inlineSourceMap(code: string): SourceMap {
  const encoded = /\/\/# sourceMappingURL=data:application\/json;[^,]*,([\w+/=]+)\s*$/.exec(code)?.[1] ?? '';
  return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as SourceMap;
}

/** As V8 would tell of a module that was loaded and did nothing. */
function neverRan(length: number): Profiler.FunctionCoverage[] {
  return [
    { functionName: '', isBlockCoverage: true, ranges: [{ startOffset: 0, endOffset: length, count: 0 }] },
  ];
}

type Program = Awaited<Parameters<typeof convert>[0]['ast']>;

async function parse(code: string): Promise<Program> {
  return parseAstAsync(code);
}
