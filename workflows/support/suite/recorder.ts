import {
  defineQuery,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

import { SEARCH_ATTRIBUTES } from '../../../src/contracts/runs.ts';
import { SUITE_STATE_QUERY, type SuiteItem, type SuiteState } from '../../../src/contracts/suites.ts';
import { suiteTable } from './table.ts';

const suiteStateQuery = defineQuery<SuiteState>(SUITE_STATE_QUERY);
const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const attributes = {
  phase: keyword(SEARCH_ATTRIBUTES.phase),
  verdict: keyword(SEARCH_ATTRIBUTES.verdict),
  gitRevision: keyword(SEARCH_ATTRIBUTES.gitRevision),
  seed: defineSearchAttributeKey(SEARCH_ATTRIBUTES.seed, SearchAttributeType.INT),
};

/** Holds the state of one suite and shows it: to queries, in Temporal's UI and in search attributes. */
export interface SuiteRecorder {
  state(): SuiteState;
  update(change: Partial<SuiteState>): void;
  item(number: number): SuiteItem;
  updateItem(number: number, change: Partial<SuiteItem>): void;
}

export function createSuiteRecorder(initial: SuiteState): SuiteRecorder {
  let state: SuiteState = {
    ...initial,
    temporal: { ...initial.temporal, workflowRunId: workflowInfo().runId },
  };
  setHandler(suiteStateQuery, () => state, { description: 'Every item and how it stands' });
  upsertSearchAttributes([
    { key: attributes.seed, value: state.seed },
    { key: attributes.gitRevision, value: state.input.scenario.gitRevision },
  ]);
  let shown = '';
  const show = (): void => {
    setCurrentDetails(suiteTable(state));
    const done = state.items.filter(({ status }) => status === 'finished').length;
    const progress = `${String(done)}/${String(state.items.length)}`;
    if (progress !== shown) upsertSearchAttributes([{ key: attributes.phase, value: progress }]);
    shown = progress;
  };
  const item = (number: number): SuiteItem => {
    const found = state.items[number - 1];
    if (found?.number !== number) throw new RangeError(`the suite has no item ${String(number)}`);
    return found;
  };
  show();
  return {
    state: () => state,
    update: (change) => {
      state = { ...state, ...change };
      if (change.verdict) upsertSearchAttributes([{ key: attributes.verdict, value: change.verdict }]);
      show();
    },
    item,
    updateItem: (number, change) => {
      const after = { ...item(number), ...change };
      state = { ...state, items: state.items.map((each) => (each.number === number ? after : each)) };
      show();
    },
  };
}
