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
    const result = listener?.(value);
    if (result instanceof Promise) result.catch(report);
  } catch (error) {
    report(error);
  }
}
