/**
 * One rule for every callback of the caller: what it throws is reported and changes nothing else.
 *
 * @module
 */

/** Calls a listener, which may be async. What it throws goes to `report`, which must not throw. */
export function tell<T>(
  listener: ((value: T) => unknown) | undefined,
  value: T,
  report: (error: unknown) => void = () => {},
): void {
  try {
    const told = listener?.(value);
    if (told instanceof Promise) told.catch(report);
  } catch (error) {
    report(error);
  }
}
