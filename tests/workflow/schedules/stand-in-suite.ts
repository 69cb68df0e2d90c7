import {
  ApplicationFailure,
  condition,
  defineSignal,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common';

/** A suite that runs no scenario: it ends when it is told to, with the verdict that it is told. */
export async function suite(input: { readonly failWhenNotPassed: boolean }): Promise<void> {
  const told: string[] = [];
  setHandler(defineSignal<[string]>('end'), (verdict) => void told.push(verdict));
  await condition(() => told.length > 0);
  const [verdict = ''] = told;
  const key = defineSearchAttributeKey('E2eVerdict', SearchAttributeType.KEYWORD);
  upsertSearchAttributes([{ key, value: verdict }]);
  if (verdict !== 'passed' && input.failWhenNotPassed) {
    throw ApplicationFailure.nonRetryable(`the suite is ${verdict}`);
  }
}
