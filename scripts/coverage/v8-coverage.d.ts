/** The package comes without types. */
declare module '@bcoe/v8-coverage' {
  import type { Profiler } from 'node:inspector';

  /** Sums up how often each range of one script ran in several processes; what it is given is used up. */
  export function mergeScriptCovs(scripts: Profiler.ScriptCoverage[]): Profiler.ScriptCoverage | undefined;
}
