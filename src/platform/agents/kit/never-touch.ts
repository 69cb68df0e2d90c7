import type { InstanceView } from '../../../contracts/api/customers.ts';

/**
 * A rule is `key` (whatever its value) or `key=value`. An instance whose tags are unknown cannot be shown to be
 * outside a rule, so any rule protects it.
 */
export function isProtected(instance: InstanceView, rules: readonly string[]): boolean {
  if (rules.length === 0) return false;
  const { tags } = instance;
  if (tags === undefined) return true;
  return rules.some((rule) => {
    const separator = rule.indexOf('=');
    if (separator < 0) return Object.hasOwn(tags, rule);
    return tags[rule.slice(0, separator)] === rule.slice(separator + 1);
  });
}
