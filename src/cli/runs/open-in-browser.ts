import { execa } from 'execa';

import { OptiInfraError } from '../../support/errors.ts';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Whether there is a desktop to open anything on; elsewhere `xdg-open` may begin a browser in the terminal. */
export function hasDesktop(
  platform: NodeJS.Platform = process.platform,
  variables: NodeJS.ProcessEnv = process.env,
): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return [variables['DISPLAY'], variables['WAYLAND_DISPLAY']].some(
    (each) => each !== undefined && each !== '',
  );
}

/**
 * Hands a file or an address to the desktop's browser.
 * @throws OptiInfraError `BINARY_MISSING` on a machine without a desktop
 */
export async function openInBrowser(
  path: string,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const [program, ...words] = OPENERS[platform] ?? ['xdg-open'];
  const opened = await execa(program, [...words, path], { reject: false });
  if (opened.failed) {
    throw new OptiInfraError('BINARY_MISSING', `${program} could not open the page`, {
      cause: opened,
      hint: `Open it by hand: ${path}`,
    });
  }
}
