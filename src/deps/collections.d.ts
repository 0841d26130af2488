/** A new object: the members of both, objects merged member by member, the second winning. */
export function deepMerge<T extends Record<string, unknown>, U extends Record<string, unknown>>(
  record: Readonly<T>,
  other: Readonly<U>,
  options?: { arrays?: "merge" | "replace" },
): T & U;
