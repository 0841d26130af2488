/** TOML text of an object; throws for values TOML does not have, such as `null`. */
export function stringify(object: Record<string, unknown>): string;
