/**
 * The one place where the library reads environment variables.
 *
 * @module
 */

/** An environment variable; `undefined` when it is unset, empty, or may not be read. */
export function environmentVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
