import { SelectionError } from './selection-error.ts';

/** An expression of words with `and`, `or`, `not` and parentheses, as `--tag` and `-k` take. */
export type Expression =
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression };

/** `not` binds tighter than `and`, `and` tighter than `or`. @throws SelectionError with the place that is wrong */
export function parseExpression(text: string): Expression {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let position = 0;
  const next = (): string | undefined => tokens[position];
  const wrong = (): SelectionError => {
    const found = next();
    const where = found === undefined ? 'it ends too early' : `"${found}" is not expected there`;
    return new SelectionError(`"${text}" is no expression: ${where}`);
  };
  const take = (token: string): boolean => {
    if (next() !== token) return false;
    position += 1;
    return true;
  };
  const either = (): Expression => {
    let left = both();
    while (take('or')) left = { kind: 'or', left, right: both() };
    return left;
  };
  const both = (): Expression => {
    let left = single();
    while (take('and')) left = { kind: 'and', left, right: single() };
    return left;
  };
  const single = (): Expression => {
    if (take('not')) return { kind: 'not', of: single() };
    if (take('(')) {
      const inner = either();
      if (!take(')')) throw wrong();
      return inner;
    }
    const word = next();
    if (word === undefined || [')', 'and', 'or'].includes(word)) throw wrong();
    position += 1;
    return { kind: 'word', word };
  };
  const whole = either();
  if (position < tokens.length) throw wrong();
  return whole;
}

export function holds(expression: Expression, isSo: (word: string) => boolean): boolean {
  switch (expression.kind) {
    case 'word':
      return isSo(expression.word);
    case 'not':
      return !holds(expression.of, isSo);
    case 'and':
      return holds(expression.left, isSo) && holds(expression.right, isSo);
    case 'or':
      return holds(expression.left, isSo) || holds(expression.right, isSo);
  }
}

/** Every word of an expression, in its order. */
export function wordsOf(expression: Expression): readonly string[] {
  if (expression.kind === 'word') return [expression.word];
  if (expression.kind === 'not') return wordsOf(expression.of);
  return [...wordsOf(expression.left), ...wordsOf(expression.right)];
}
