/** Which scenarios are meant: everything that is given must hold. Plain JSON, so that a schedule can keep it. */
export interface Selection {
  /** Names, or globs with `*` and `?`; one is enough. None: every scenario. */
  readonly patterns: readonly string[];
  /** `-k`: words that a name or title contains, with `and`, `or`, `not` and parentheses; null when not given. */
  readonly expression: string | null;
  /** `--tag`: tags with `and`, `or`, `not` and parentheses, each of which must hold. */
  readonly tags: readonly string[];
  /** `--not-tag`: none of them. */
  readonly notTags: readonly string[];
}

/** Part `index` of `count` (from 1): every `count`-th item of the selection, so that neighbours are spread. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}
