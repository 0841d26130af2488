/**
 * A thrown value as text for the model.
 *
 * @module
 */
import { types } from "node:util";
import { preview } from "../describe/preview.ts";
import { errorText } from "../describe/reflect.ts";

/** Name and message of an error with its cause; of anything else, what it is. */
export function thrownText(error: unknown): string {
  if (!types.isNativeError(error) || types.isProxy(error)) {
    return `The code threw ${preview(error)}`;
  }
  const cause = Object.getOwnPropertyDescriptor(error, "cause")?.value;
  return cause === undefined ? errorText(error) : `${errorText(error)} (cause: ${preview(cause)})`;
}
