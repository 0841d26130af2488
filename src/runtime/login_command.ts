/**
 * How a person logs in without a program.
 *
 * @module
 */

/**
 * Logs in with the runtime's own command line, from the folder or the address that this module came
 * from.
 */
export const LOGIN_COMMAND: string = `deno run -A ${new URL("./cli.ts", import.meta.url)} login`;
