import { existsSync, readFileSync, readdirSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { mergeScriptCovs } from '@bcoe/v8-coverage';

/** A process that was started to be measured and left nothing: it was killed, or never ended. */
export interface LostProcess {
  readonly name: string;
  readonly pid: number;
}

/** What the processes of one run left in their coverage directory. */
export interface RawData {
  /** Merged over all processes and threads, by absolute path of the script. */
  readonly scripts: ReadonlyMap<string, Profiler.ScriptCoverage>;
  /** How many processes left something. */
  readonly processes: number;
  readonly lost: readonly LostProcess[];
  /** Files that end in the middle: their process was killed while it wrote. */
  readonly cutOff: number;
  /** Names of services none of whose processes left anything. */
  readonly silent: readonly string[];
}

/** Node names its files `coverage-<pid>-<time>-<thread>.json`. */
const COVERAGE_FILE = /^coverage-(\d+)-\d+-\d+\.json$/;
const LAUNCH_NOTE = /^launched-.+\.json$/;

/** Reads every file of a directory. Scripts that `isOurs` does not want are dropped at once: packages are most of it. */
export function readRawData(directory: string, isOurs: (path: string) => boolean): RawData {
  const files = existsSync(directory) ? readdirSync(directory) : [];
  const pieces = new Map<string, Profiler.ScriptCoverage[]>();
  const heard = new Set<number>();
  let cutOff = 0;
  for (const file of files) {
    const pid = COVERAGE_FILE.exec(file)?.[1];
    if (pid === undefined) continue;
    const scripts = readScripts(join(directory, file));
    if (scripts === undefined) {
      cutOff += 1;
      continue;
    }
    heard.add(Number(pid));
    for (const script of scripts) {
      const path = pathOf(script.url);
      if (path === undefined || !isOurs(path)) continue;
      pieces.set(path, [...(pieces.get(path) ?? []), script]);
    }
  }
  const launched = files
    .filter((file) => LAUNCH_NOTE.test(file))
    .map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as LostProcess);
  return { scripts: mergeEach(pieces), processes: heard.size, cutOff, ...whoIsMissing(launched, heard) };
}

/** Undefined for a file that ends in the middle. */
function readScripts(file: string): Profiler.ScriptCoverage[] | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Profiler.TakePreciseCoverageReturnType).result;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Modules carry a URL; Temporal's sandbox names its script by its path. */
function pathOf(url: string): string | undefined {
  if (url.startsWith('file://')) return fileURLToPath(url.replace(/[?#].*$/, ''));
  return url.startsWith('/') ? url : undefined;
}

function mergeEach(
  pieces: ReadonlyMap<string, Profiler.ScriptCoverage[]>,
): Map<string, Profiler.ScriptCoverage> {
  const merged = new Map<string, Profiler.ScriptCoverage>();
  for (const [path, scripts] of pieces) {
    const whole = mergeScriptCovs(scripts);
    if (whole !== undefined) merged.set(path, whole);
  }
  return merged;
}

function whoIsMissing(
  launched: readonly LostProcess[],
  heard: ReadonlySet<number>,
): Pick<RawData, 'lost' | 'silent'> {
  const lost = launched.filter(({ pid }) => !heard.has(pid));
  const heardNames = new Set(launched.filter(({ pid }) => heard.has(pid)).map(({ name }) => name));
  const silent = [...new Set(lost.map(({ name }) => name))].filter((name) => !heardNames.has(name)).sort();
  return { lost, silent };
}
