import { CancellationScope, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** A phase of milliseconds is never looked for: what lasts longer is found by its attributes after this time. */
const FOUND_AFTER_MS = 5_000;

/**
 * By what Temporal finds the run. A write costs the server a fifth of what a phase does, so changes are collected and
 * written together.
 */
export interface SearchAttributes {
  /** Written with whatever changes until then, some seconds from now. */
  soon(name: string, value: string): void;
  /** Written at once, with all that waits. */
  now(name: string, value: string): void;
}

export function createSearchAttributes(): SearchAttributes {
  const changed = new Map<string, string>();
  let timed = false;
  const write = (): void => {
    if (changed.size === 0) return;
    upsertSearchAttributes([...changed].map(([name, value]) => ({ key: keyword(name), value })));
    changed.clear();
  };
  return {
    soon: (name, value) => {
      changed.set(name, value);
      if (timed) return;
      timed = true;
      void CancellationScope.nonCancellable(() => sleep(FOUND_AFTER_MS)).then(() => {
        timed = false;
        write();
      });
    },
    now: (name, value) => {
      changed.set(name, value);
      write();
    },
  };
}

function keyword(name: string) {
  return defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
}
