import { userInfo } from 'node:os';

/** Who works this command; by number where the system has no name for it, as in a container run with `--user`. */
export function actingUser(lookUp: () => { readonly username: string } = userInfo): string {
  try {
    return lookUp().username;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
}
