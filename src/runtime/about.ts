/**
 * What others say about the runtime without loading what finds and starts it.
 *
 * @module
 */
import pin from "./release/pin.json" with { type: "json" };

/**
 * Release of the Codex runtime this module is made for; its types are generated from the same one.
 */
export const RUNTIME_VERSION: string = pin.version;

/**
 * Logs in with the runtime's own command line, from the folder or the address that this module came
 * from.
 */
export const LOGIN_COMMAND: string = `deno run -A ${new URL("./cli.ts", import.meta.url)} login`;
