/**
 * The part of the Vitest API that these tests use, on top of `deno test`.
 *
 * `deno.json` maps `"vitest"` to this file. Under Vitest itself the map is not in force and the
 * same test files get the original, so nothing here may differ from what Vitest documents.
 *
 * @module
 */

export {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
  onTestFinished,
} from "./support/vitest/suite.ts";
export { expect } from "./support/vitest/expect.ts";
export { vi } from "./support/vitest/vi.ts";
