/**
 * Vitest's own `expect`, assembled from its published parts and tied to the test that is running.
 *
 * @module
 */

import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  getState,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  setState,
} from "npm:@vitest/expect@5.1.0";
import type { ExpectStatic } from "npm:@vitest/expect@5.1.0";
import { printDiffOrStringify } from "npm:@vitest/utils@5.1.0/diff";

/** What the matchers read and write about the running test. */
interface RunningTest {
  type: "test";
  fullTestName: string;
  /** Assertions on promises that are still open. */
  promises: Promise<unknown>[];
  /** Each throws when its assertion on a promise was never awaited. */
  onFinished: (() => void)[];
}

let runningTest: RunningTest | undefined;

chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

/** The global `expect`. */
export const expect: ExpectStatic = createExpect();

/** Runs a test body and everything that only `expect` knows can fail about it. */
export async function withAssertions(name: string, body: () => Promise<void>): Promise<void> {
  const test: RunningTest = {
    type: "test",
    fullTestName: name,
    promises: [],
    onFinished: [],
  };
  runningTest = test;
  expect.setState({ assertionCalls: 0, currentTestName: name });
  try {
    await body();
    await Promise.all(test.promises);
  } finally {
    runningTest = undefined;
  }
  for (const verify of test.onFinished) verify();
  if (expect.getState().assertionCalls === 0) throw new Error("the test asserts nothing");
}

/** Adds the difference between expected and received to the message, once. */
export function withDiff(error: unknown): unknown {
  if (!(error instanceof chai.AssertionError) || !hasComparison(error)) return error;
  const difference = printDiffOrStringify(error.actual, error.expected);
  if (difference !== undefined && !error.message.endsWith(difference)) {
    error.message += `\n\n${difference}`;
  }
  return error;
}

function hasComparison(
  error: Error,
): error is Error & { actual: unknown; expected: unknown; showDiff: boolean } {
  return "showDiff" in error && error.showDiff === true && "actual" in error &&
    "expected" in error;
}

function createExpect(): ExpectStatic {
  const created = Object.assign(
    (value: unknown, message?: string): unknown => {
      setState({ assertionCalls: getState(created).assertionCalls + 1 }, created);
      const assertion = chai.expect(value, message) as Chai.Assertion & Contextual;
      return runningTest ? assertion.withTest(runningTest) : assertion;
    },
  ) as unknown as ExpectStatic;
  const shared = globalThis as unknown as Record<symbol, object>;
  Object.assign(created, chai.expect, shared[ASYMMETRIC_MATCHERS_OBJECT], members(created));
  setState({ assertionCalls: 0 }, created);
  Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: created, configurable: true });
  return created;
}

/** What the published plugins add to a Chai assertion without typing it. */
interface Contextual {
  withTest(test: RunningTest): Chai.Assertion;
}

function members(created: ExpectStatic): Partial<ExpectStatic> {
  return {
    getState: () => getState(created),
    setState: (state) => setState(state, created),
  };
}
