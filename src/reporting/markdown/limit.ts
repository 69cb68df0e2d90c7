/**
 * A comment on a pull request holds 65,536 characters, a step summary 1 MiB. One text serves both, so it stays below the
 * smaller, in bytes, with room for what a bot puts around it.
 */
export const MARKDOWN_LIMIT_BYTES = 64_000;

/** A block of the text: all of it, or a shorter form that says what is missing. */
export interface Block {
  readonly parts: readonly string[];
  readonly separator: string;
  /** What is said instead of the parts that found no room. */
  readonly cut: (missing: number) => string;
  /** Share of the limit it may take at most, so that what follows finds room. */
  readonly share?: number;
}

/** Blocks in their order, each with as many of its parts as there is room for; what is left out is said. */
export function limited(blocks: readonly Block[], limitBytes = MARKDOWN_LIMIT_BYTES): string {
  // Room for every cut sentence is kept from the start, so that saying it never breaks the limit.
  const reserved = blocks.reduce((sum, { cut, parts }) => sum + bytes(cut(parts.length)) + SEPARATION, 0);
  let left = limitBytes - reserved;
  const texts = blocks.map(({ parts, separator, cut, share = 1 }) => {
    const floor = Math.max(0, left - share * limitBytes);
    const kept: string[] = [];
    for (const part of parts) {
      const cost = bytes(part) + bytes(separator);
      if (left - cost < floor) break;
      left -= cost;
      kept.push(part);
    }
    const missing = parts.length - kept.length;
    return [kept.join(separator), ...(missing > 0 ? [cut(missing)] : [])]
      .filter((text) => text !== '')
      .join('\n\n');
  });
  return `${texts.filter((text) => text !== '').join('\n\n')}\n`;
}

/** Two line breaks around a block and around what it left out. */
const SEPARATION = 4;

/** One part that is always shown. */
export function whole(text: string): Block {
  return { parts: [text], separator: '\n\n', cut: () => 'Left out: it is too long for this place.' };
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
