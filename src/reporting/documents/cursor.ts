/** A place in a document: its path and what is there. Pages show figures by their place, so none is made on the way. */
export interface Cursor<T> {
  /** `figures.phases[3].budgetShare`; empty for the document itself. */
  readonly path: string;
  readonly value: T;
  at<K extends keyof T & (string | number)>(key: K): Cursor<T[K]>;
}

export function cursorAt<T>(value: T, path = ''): Cursor<T> {
  return {
    path,
    value,
    at: (key) => cursorAt(value[key], typeof key === 'number' ? `${path}[${key}]` : joined(path, key)),
  };
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** The places of all elements, in order. */
export function each<T>(list: Cursor<readonly T[]>): Cursor<T>[] {
  return list.value.map((value, index) => cursorAt(value, `${list.path}[${String(index)}]`));
}

/** The place of what is known; null where nothing is there, which a page has to say. */
export function known<T>({ value, path }: Cursor<T>): Cursor<NonNullable<T>> | null {
  return value === null || value === undefined ? null : cursorAt(value, path);
}

/** What lies at a path of a document; undefined when there is no such place. */
export function lookUp(document: unknown, path: string): unknown {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    document,
  );
}
