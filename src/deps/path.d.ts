/** The last part of a path, without `suffix`. */
export function basename(path: string | URL, suffix?: string): string;
/** The path without its last part. */
export function dirname(path: string | URL): string;
/** The path of a `file:` URL. */
export function fromFileUrl(url: URL | string): string;
/** Whether the path is absolute. */
export function isAbsolute(path: string): boolean;
/** Joins and normalizes parts. */
export function join(path: string | URL, ...paths: string[]): string;
/** The relative path from one path to another. */
export function relative(from: string, to: string): string;
/** The absolute path of the parts, later ones relative to earlier ones and all to the working directory. */
export function resolve(...paths: string[]): string;
/** The `file:` URL of an absolute path. */
export function toFileUrl(path: string): URL;
