/** OWASP's argon2id minimum: 19 MiB, two passes, one lane; about 30 ms here. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash of nothing anybody knows: the same work is done when the address is unknown. */
let decoy: Promise<string> | undefined;

// The native module is loaded at the first use: start-up does not pay for it.
const argon2 = () => import('@node-rs/argon2');

/** PHC string `$argon2id$…`. */
export async function hashPassword(password: string): Promise<string> {
  const { hash } = await argon2();
  // argon2id is the package's default; the table of users refuses anything else.
  return hash(password, COST);
}

/** Takes as long for an unknown user (`undefined`) as for a known one. */
export async function verifyPassword(storedHash: string | undefined, password: string): Promise<boolean> {
  const { verify } = await argon2();
  decoy ??= hashPassword(crypto.randomUUID());
  const matches = await verify(storedHash ?? (await decoy), password);
  return matches && storedHash !== undefined;
}
