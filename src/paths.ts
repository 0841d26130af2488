/**
 * Paths of files, as this machine's system has them.
 *
 * The first module of Node that a program imports takes 6 ms, so the root entry point does not load
 * this file; what starts a runtime does. The path module of std is 80 files and takes 16 ms.
 *
 * @module
 */
export { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
export { fileURLToPath as fromFileUrl, pathToFileURL as toFileUrl } from "node:url";
