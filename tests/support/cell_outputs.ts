/**
 * Stands in for the kernel's display, so that code of a notebook runs in the process of the test.
 *
 * @module
 */

/** One call of `Deno.jupyter.display`. */
export interface CellOutput {
  readonly bundle: Readonly<Record<string, string>>;
  readonly raw: unknown;
  readonly display_id: string;
  readonly update: boolean;
}

let current: CellOutput[] = [];
let sent: Promise<void> = Promise.resolve();

/** The module keeps the first kernel that it sees, so there is one of it for all tests of a file. */
const JUPYTER = {
  display(bundle: CellOutput["bundle"], options: Omit<CellOutput, "bundle">): Promise<void> {
    current.push({ bundle, ...options });
    return sent;
  },
};

/**
 * What is shown from now on, until it is disposed of; until then the process counts as a kernel.
 * `whenSent` is what each call of the kernel's function waits for.
 */
export function cellOutputs(
  whenSent: Promise<void> = Promise.resolve(),
): CellOutput[] & Disposable {
  current = [];
  sent = whenSent;
  Reflect.set(Deno, "jupyter", JUPYTER);
  return Object.assign(current, {
    [Symbol.dispose]: () => void Reflect.set(Deno, "jupyter", undefined),
  });
}
