import type { ColumnType } from 'kysely';

/** Kinds of columns. `jsonb` columns are written as `JSON.stringify(value)` and read as values. */

export type Timestamp = ColumnType<Date, Date | string, Date | string>;
export type NullableTimestamp = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>;
export type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>;
export type Defaulted<T> = ColumnType<T, T | undefined, T>;
export type Json<T> = ColumnType<T, string, string>;
export type DefaultedJson<T> = ColumnType<T, string | undefined, string>;
export type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
export type StringMap = Readonly<Record<string, string>>;
export type NumberMap = Readonly<Record<string, number>>;
