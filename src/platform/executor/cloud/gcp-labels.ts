/** Labels allow fewer characters than tags: a colon becomes a hyphen, capitals become small. */
const TAG = 'optiinfra:';
const LABEL = 'optiinfra-';

export function labelKey(tag: string): string {
  return tag.replaceAll(':', '-').toLowerCase();
}

export function labelValue(value: string): string {
  return value
    .toLowerCase()
    .replaceAll(/[^-_a-z0-9]/g, '-')
    .slice(0, 63);
}

export function labelsOf(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [labelKey(key), labelValue(value)]));
}

export function tagsOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [
      key.startsWith(LABEL) ? `${TAG}${key.slice(LABEL.length)}` : key,
      value,
    ]),
  );
}
