/**
 * Messages to and from the process that runs code.
 *
 * @module
 */

/** The code and its values, each as the bytes of a structured clone. */
export interface ApartRun {
  /** Stands before the answer in what the process prints. */
  readonly token: string;
  /** The compiled code. */
  readonly body: string;
  readonly values: readonly (readonly [name: string, bytes: Uint8Array])[];
  readonly timeoutMs: number;
}

/** The outcome. */
export type ApartAnswer =
  & {
    readonly log: string;
  }
  & (
    | { readonly value: unknown }
    | { readonly text: string }
    | { readonly error: string; readonly line: number | null }
  );
