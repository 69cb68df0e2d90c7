import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { ScenarioDefinition } from '../../../../src/contracts/scenarios/index.ts';
import {
  holds,
  parseExpression,
  wordsOf,
  type Expression,
} from '../../../../src/contracts/selecting/expression.ts';
import { selectScenarios } from '../../../../src/contracts/selecting/select-scenarios.ts';
import { SelectionError } from '../../../../src/contracts/selecting/selection-error.ts';
import type { Selection } from '../../../../src/contracts/selection.ts';

const scenario = (name: string, title: string, ...tags: string[]): ScenarioDefinition => ({
  name,
  title,
  workflowType: name,
  tags,
  description: name,
  phases: [],
});
const all = [
  scenario('spot-migration', 'Spot migration', 'e2e', 'cost'),
  scenario('spot-rollback', 'Spot migration that goes back', 'e2e', 'cost', 'rollback'),
  scenario('rollback', 'Rollback', 'e2e', 'rollback'),
  scenario('kill-worker', 'A worker dies', 'chaos'),
];
const select = (change: Partial<Selection>): string[] =>
  selectScenarios({ patterns: [], expression: null, tags: [], notTags: [], ...change }, all).map(
    ({ name }) => name,
  );

test.each<[Partial<Selection>, string[]]>([
  [{}, ['spot-migration', 'spot-rollback', 'rollback', 'kill-worker']],
  [{ patterns: ['rollback'] }, ['rollback']],
  [{ patterns: ['spot-*'] }, ['spot-migration', 'spot-rollback']],
  [{ patterns: ['*rollback', 'kill-worker'] }, ['spot-rollback', 'rollback', 'kill-worker']],
  [{ patterns: ['roll?ack'] }, ['rollback']],
  [{ expression: 'spot and not rollback' }, ['spot-migration']],
  [{ expression: 'SPOT' }, ['spot-migration', 'spot-rollback']],
  [{ expression: 'dies or (back and spot)' }, ['spot-rollback', 'kill-worker']],
  [{ tags: ['cost or chaos'] }, ['spot-migration', 'spot-rollback', 'kill-worker']],
  [{ tags: ['cost', 'rollback'] }, ['spot-rollback']],
  [{ tags: ['not (cost or chaos)'] }, ['rollback']],
  [{ tags: ['e2e'], notTags: ['rollback'] }, ['spot-migration']],
  [{ patterns: ['spot-*'], expression: 'back', tags: ['rollback'] }, ['spot-rollback']],
])('%j means %j', (selection, names) => {
  expect(select(selection)).toEqual(names);
});

test.each<[Partial<Selection>, string]>([
  [{ patterns: ['roll.ack'] }, 'no scenario is named "roll.ack"'],
  [{ patterns: ['spot-migration', 'zzz*'] }, 'no scenario is named "zzz*"'],
  [{ tags: ['chaso'] }, 'no scenario has the tag "chaso"'],
  [{ tags: ['cost or not chaso'] }, 'no scenario has the tag "chaso"'],
  [{ notTags: ['chaso'] }, 'no scenario has the tag "chaso"'],
  [{ patterns: ['rollback'], tags: ['chaos'] }, 'no scenario fits'],
  [{ expression: 'quantum' }, 'no scenario fits'],
  [{ expression: '' }, '"" is no expression: it ends too early'],
  [{ expression: 'spot and' }, 'it ends too early'],
  [{ expression: 'spot rollback' }, '"rollback" is not expected there'],
  [{ expression: '(spot' }, 'it ends too early'],
  [{ expression: 'spot)' }, '")" is not expected there'],
  [{ tags: ['or cost'] }, '"or" is not expected there'],
])('%j is refused', (selection, said) => {
  expect(() => select(selection)).toThrow(SelectionError);
  expect(() => select(selection)).toThrow(said);
});

const word = fc.constantFrom('a', 'b', 'c', 'd-e', 'nota', 'android');
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word.map((each): Expression => ({ kind: 'word', word: each })),
    tie('tree').map((of): Expression => ({ kind: 'not', of })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), tie('tree'), tie('tree'))
      .map(([kind, left, right]): Expression => ({ kind, left, right })),
  ),
}));

function written(expression: Expression): string {
  switch (expression.kind) {
    case 'word':
      return expression.word;
    case 'not':
      return `not (${written(expression.of)})`;
    case 'and':
    case 'or':
      return `(${written(expression.left)}) ${expression.kind} (${written(expression.right)})`;
  }
}

test('what is written is what is read', () => {
  fc.assert(
    fc.property(tree, (expression) => {
      expect(parseExpression(written(expression))).toEqual(expression);
    }),
  );
});

test('without parentheses `not` binds before `and`, `and` before `or`: as JavaScript has it', () => {
  const loose = fc
    .tuple(
      fc.array(fc.tuple(fc.boolean(), word, fc.constantFrom('and', 'or')), { minLength: 1, maxLength: 6 }),
      fc.subarray(['a', 'b', 'c', 'd-e', 'nota', 'android']),
    )
    .map(([parts, so]) => ({ parts, so }));
  fc.assert(
    fc.property(loose, ({ parts, so }) => {
      const text = parts
        .map(([not, each, joint], index) => `${index === 0 ? '' : `${joint} `}${not ? 'not ' : ''}${each}`)
        .join(' ');
      const groups: boolean[][] = [];
      parts.forEach(([not, each, joint], index) => {
        const value = so.includes(each) !== not;
        if (index === 0 || joint === 'or') groups.push([value]);
        else groups.at(-1)?.push(value);
      });
      const expected = groups.some((group) => group.every(Boolean));
      const expression = parseExpression(text);
      expect(holds(expression, (each) => so.includes(each))).toBe(expected);
      expect(wordsOf(expression)).toEqual(parts.map(([, each]) => each));
    }),
  );
});

test('any text is read or refused, never anything else', () => {
  const tokens = fc.array(fc.constantFrom('and', 'or', 'not', '(', ')', 'a', ' '), { maxLength: 12 });
  fc.assert(
    fc.property(
      tokens.map((each) => each.join(' ')),
      (text) => {
        try {
          parseExpression(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SelectionError);
        }
      },
    ),
  );
});
