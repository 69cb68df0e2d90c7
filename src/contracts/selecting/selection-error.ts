/** A selection that cannot be meant: a typing error, an unknown name, or nothing that fits. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError';
  /** What was typed and what there is, so that the command line can name the nearest. */
  readonly unknown: { readonly typed: string; readonly known: readonly string[] } | null;
  constructor(message: string, unknown: { typed: string; known: readonly string[] } | null = null) {
    super(message);
    this.unknown = unknown;
  }
}
