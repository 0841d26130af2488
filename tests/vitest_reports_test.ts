import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { join } from "node:path";
import { type DenoRun, runDeno } from "./support/deno_command.ts";
import { ROOT } from "./support/repository.ts";

// What a test run says when tests fail can only be seen from outside it.
const FAILING = `
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";

it("compares", () => expect({ a: 1, b: "same" }).toEqual({ a: 2, b: "same" }));
it("forgets to await", () => void expect(Promise.resolve(1)).resolves.toBe(1));
it("leaves a file open", async () => expect(await Deno.open(import.meta.filename!)).toBeDefined());
it("leaves a timer running", () => expect(setTimeout(() => {}, 100_000)).toBeDefined());
it("hangs", async () => await new Promise(() => {}), 20);
describe("a file's limit", () => {
  vi.setConfig({ testTimeout: 30 });
  it("ends a test", async () => await new Promise(() => {}));
  vi.setConfig({ testTimeout: 15_000 });
});
it("asserts nothing", () => {});
it.skipIf(true)("is skipped", () => expect.unreachable());
it.each([1, 2])("compares row %d", (row) => expect(row).toBe(1));
describe("a suite with shared state", () => {
  afterAll(() => {});
  it("fails alone", () => expect(1).toBe(2));
  it("passes next to it", () => expect(1).toBe(1));
});
describe("what a test that hangs replaced", () => {
  let putBack = 0;
  afterEach(() => void putBack++);
  it("hangs as well", async () => await new Promise(() => {}), 20);
  it("is put back", () => expect(putBack).toBe(1));
});
`;

describe("a failing test run", () => {
  let folder: string;
  let all: DenoRun;

  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    const file = join(folder, "failing_test.ts");
    await Deno.writeTextFile(file, FAILING);
    all = await runTests(file);
  });
  afterAll(() => Deno.remove(folder, { recursive: true }));

  it("counts each test by itself", () => {
    expect(all.stdout).toMatch(
      /FAILED \| 2 passed \(1 step\) \| 10 failed \(1 step\) \| 1 ignored/,
    );
    expect(all.code).not.toBe(0);
  });

  it("shows what differs", () => {
    expect(all.stdout).toContain('-   "a": 2,\n+   "a": 1,\n    "b": "same",');
  });

  it.each([
    ["compares", 4],
    ["asserts nothing", 14],
    ["compares row 2", 16],
    ["a suite with shared state ... fails alone", 19],
  ])("names the file and the line of: %s", (name, line) => {
    expect(all.stdout).toMatch(new RegExp(`^${name} => .*/failing_test\\.ts:${line}:`, "m"));
  });

  it.each([
    ["forgets to await", "was not awaited"],
    ["leaves a file open", "A file was opened during the test, but not closed"],
    ["leaves a timer running", "A timer was started in this test, but never completed"],
    ["hangs", "Test timed out in 20ms"],
    ["a file's limit > ends a test", "Test timed out in 30ms"],
    ["asserts nothing", "the test asserts nothing"],
    ["compares row 2", "expected 2 to be 1"],
  ])("fails a test: %s", (name, reason) => {
    const report = all.stdout.split(`\n${name} => `)[1] ?? "";
    expect(report.split("=> ")[0]).toContain(reason);
  });

  it("can be filtered to one test", async () => {
    const one = await runTests(join(folder, "failing_test.ts"), "--filter", "forgets");
    expect(one.stdout).toContain("FAILED | 0 passed | 1 failed");
  });
});

function runTests(file: string, ...flags: string[]): Promise<DenoRun> {
  const config = ["--config", join(ROOT, "deno.json"), "--no-lock"];
  const args = ["test", "--allow-all", "--no-check", ...config, ...flags, file];
  return runDeno(args, { env: { TEST_LIMIT_FACTOR: "1" } });
}
