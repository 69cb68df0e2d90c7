/**
 * Labels allow fewer characters than tags do: a colon becomes a hyphen in a key, and values are small letters, digits,
 * `-` and `_` (Compute Engine documentation, labelling resources). Tags of ours begin with `optiinfra:`, labels of ours
 * with `optiinfra-`, so that each can be told from the other.
 */
const TAG_PREFIX = 'optiinfra:';
const LABEL_PREFIX = 'optiinfra-';

export function labelsOf(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [
      labelKey(key),
      value
        .toLowerCase()
        .replaceAll(/[^-_a-z0-9]/g, '-')
        .slice(0, 63),
    ]),
  );
}

export function tagsOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [
      key.startsWith(LABEL_PREFIX) ? `${TAG_PREFIX}${key.slice(LABEL_PREFIX.length)}` : key,
      value,
    ]),
  );
}

function labelKey(tag: string): string {
  return tag.replaceAll(':', '-').toLowerCase();
}
