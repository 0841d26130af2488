import process from "node:process";
import { describe, expect, it } from "vitest";
import { share } from "../../../../src/notebook/mod.ts";
import { interruptWatch } from "../../../../src/notebook/share/evaluate/interrupt.ts";
import { CodeLog } from "../../../../src/notebook/share/evaluate/outcome.ts";
import { asEvaluated, globalKeeper } from "../../../../src/notebook/share/evaluate/protection.ts";
import { takeOtherUncaught } from "../../../../src/notebook/uncaught.ts";
import { cellOutputs } from "../../../support/cell_outputs.ts";

const others: unknown[] = [];
takeOtherUncaught(({ value }) => others.push(value));

/** An error that nothing caught, from this file. */
function uncaught(error: unknown, filename = "cell.ts"): void {
  globalThis.dispatchEvent(new ErrorEvent("error", { error, filename, cancelable: true }));
}

describe("asEvaluated()", () => {
  it("refuses what would end the process, in the code and what it leaves running", async () => {
    const ends: [string, () => unknown][] = [
      ["Deno.exit()", () => Deno.exit(3)],
      ["process.exit()", () => process.exit(3)],
      ["process.abort()", () => process.abort()],
      ["close()", () => globalThis.close()],
    ];
    for (const [name, end] of ends) {
      const refused = `${name} is refused: it would end the notebook's kernel`;
      expect(() => asEvaluated(new CodeLog(), end)).toThrow(refused);
      const later = asEvaluated(new CodeLog(), async () => {
        await new Promise((resolve) => setTimeout(resolve));
        return end();
      });
      await expect(later).rejects.toThrow(refused);
    }
  });

  it("gives each run a number, and what the work returns", () => {
    const [one, two] = [1, 2].map(() => asEvaluated(new CodeLog(), (run) => run));
    expect((two ?? 0) - (one ?? 0)).toBe(1);
  });

  it("writes uncaught errors of its runs into their logs, and leaves the others alone", () => {
    const log = new CodeLog();
    const run = asEvaluated(log, (run) => {
      uncaught(new RangeError("within"));
      globalThis.dispatchEvent(
        new PromiseRejectionEvent("unhandledrejection", {
          promise: Promise.resolve(),
          reason: 5,
          cancelable: true,
        }),
      );
      return run;
    });
    uncaught("by file", `codex-evaluated-${run}`);
    uncaught(Object.assign(new Error("by stack"), { stack: `at codex-evaluated-${run}:1:1` }));
    expect(others).toEqual([]);
    uncaught("another's");
    uncaught(new Error("its own"));
    expect(others).toMatchObject(["another's", { message: "its own" }]);
    uncaught("of a run that is gone", "codex-evaluated-999999");
    expect(others.length).toBe(2);
    expect(log.close()).toBe(
      "Uncaught error: [RangeError: within]\nUnhandled rejection: 5\n" +
        'Uncaught error: "by file"\nUncaught error: [Error: by stack]',
    );
  });
});

describe("globalKeeper()", () => {
  it("puts deleted globals of the platform back as they were, and names them", () => {
    const own = "ownName";
    Object.assign(globalThis, { [own]: 1 });
    const before = Object.getOwnPropertyDescriptor(globalThis, "structuredClone");
    const restore = globalKeeper();
    expect(restore()).toEqual([]);
    Reflect.deleteProperty(globalThis, "structuredClone");
    Reflect.deleteProperty(globalThis, own);
    expect(restore()).toEqual(["structuredClone"]);
    expect(Object.getOwnPropertyDescriptor(globalThis, "structuredClone")).toEqual(before);
    expect([restore(), own in globalThis]).toEqual([[], false]);
  });
});

describe("interruptWatch()", () => {
  it("sees no Stop outside a notebook", () => {
    share({}).components();
    expect(interruptWatch()()).toBe(false);
  });

  it("sees a Stop since it was asked for, by a thread that a share starts once", () => {
    const { Worker } = globalThis;
    const started: { source: string; options: unknown; posted: ArrayBuffer[] }[] = [];
    let onerror: ((event: ErrorEvent) => void) | undefined;
    Reflect.set(
      globalThis,
      "Worker",
      class {
        readonly posted: ArrayBuffer[] = [];
        constructor(source: string, options: unknown) {
          started.push({ source, options, posted: this.posted });
        }
        set onerror(handler: (event: ErrorEvent) => void) {
          onerror = handler;
        }
        postMessage(data: ArrayBuffer): void {
          this.posted.push(data);
        }
      },
    );
    {
      using _outputs = cellOutputs();
      const shared = share({});
      shared.components();
      shared.components();
    }
    Reflect.set(globalThis, "Worker", Worker);
    expect([started.length, started[0]?.options]).toEqual([1, { type: "module" }]);
    expect(started[0]?.source).toContain("SIGINT");
    const event = new ErrorEvent("error", { cancelable: true });
    onerror?.(event);
    expect(event.defaultPrevented).toBe(true);
    const [memory = new ArrayBuffer(0)] = started[0]?.posted ?? [];
    expect(memory.byteLength).toBe(8);
    const counts = new Int32Array(memory);
    const isStopped = interruptWatch();
    Atomics.store(counts, 1, 1);
    expect(isStopped()).toBe(false);
    Atomics.add(counts, 0, 1);
    expect([isStopped(), interruptWatch()()]).toEqual([true, false]);
  });
});
