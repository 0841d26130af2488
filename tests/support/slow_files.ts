/**
 * File operations that take their time, so that work that does not wait for them is found out.
 *
 * @module
 */

const NAMES = ["mkdir", "writeTextFile", "rename", "remove", "copyFile"] as const;
const DELAY_MS = 20;

/** Until it is disposed of, operations that change files begin after a while. */
export function slowFiles(): Disposable {
  const before = NAMES.map((name) => [name, Deno[name]] as const);
  for (const [name, operation] of before) {
    Reflect.set(Deno, name, async (...args: unknown[]) => {
      await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
      return await (operation as (...args: unknown[]) => Promise<void>)(...args);
    });
  }
  return {
    [Symbol.dispose]: () => {
      for (const [name, operation] of before) Reflect.set(Deno, name, operation);
    },
  };
}
