import { describe, expect, it } from "vitest";
import { inOneKernel, type ShareRig } from "../share_rig.ts";

const SETUP = `
const sales = [{ month: "May", units: 12 }, { month: "June", units: 30 }];
const shared = share({ sales }, { approve: "allow" });
const call = callOf(shared);
const hasty = callOf(share({}, { approve: "allow", timeoutMs: 100 }));
undefined`;

type Evaluate = (code: string) => Promise<string>;

function evaluateIn(rig: ShareRig): Evaluate {
  return (code) => rig.valueOf(`call("evaluate", ${JSON.stringify({ code })})`);
}

function hastilyIn(rig: ShareRig): Evaluate {
  return (code) => rig.valueOf(`hasty("evaluate", ${JSON.stringify({ code })})`);
}

describe("code of a model, in one kernel", () => {
  it("runs, fails and ends as it should", () =>
    inOneKernel(SETUP, {
      "runs TypeScript with the names in scope and gives the last expression": async (rig) => {
        const evaluate = evaluateIn(rig);
        expect(await evaluate("sales.map((row: { units: number }) => row.units)"))
          .toBe("result: [12, 30]");
        expect(await evaluate("const best: number = 30;\nawait Promise.resolve(best as unknown)"))
          .toBe("result: 30");
        expect(await evaluate("Promise.resolve(7)")).toBe("result: 7");
        expect(await evaluate("{ a: 1 }")).toBe("result: { a: 1 }");
        expect(await evaluate("enum Size { Big = 3 }\nSize.Big")).toBe("result: 3");
        expect(await evaluate('const { join } = await import("node:path"); join("a", "b")'))
          .toBe("result: a/b");
        expect(await evaluate("for (const row of sales) if (row.units > 12) row.units")).toBe(
          "result: undefined",
        );
        expect(await evaluate("const sales = 3; sales")).toBe("result: 3");
      },

      "captures the console, and keeps both ends of a megabyte": async (rig) => {
        const evaluate = evaluateIn(rig);
        expect(await evaluate('console.log("hi", { a: 1 }); console.error("no"); 1'))
          .toBe("printed:\nhi { a: 1 }\nno\nresult: 1");
        const text = await evaluate(
          'console.log("<" + "x".repeat(1_000_000) + ">"); "y".repeat(2e6)',
        );
        expect(text).toMatch(
          /^printed:\n<x[^]*characters left out …\nx+>\nresult: string of 2,000,000/,
        );
        expect(text.length).toBeLessThan(20_000);
      },

      "reports what is wrong with its line": async (rig) => {
        const evaluate = evaluateIn(rig);
        expect(await evaluate("let a = 1;\nsalez.length"))
          .toBe("FAILED ReferenceError: salez is not defined\n  at line 2: salez.length");
        expect(await evaluate("const a = 1\nlet b = ;"))
          .toBe("FAILED SyntaxError: Unexpected token\n  at line 2: let b = ;");
        expect(await evaluate("console.log(1);\nthrow new Error('no', { cause: 5 })")).toBe(
          "FAILED Error: no (cause: 5)\n  at line 2: throw new Error('no', { cause: 5 })\nprinted before:\n1",
        );
        expect(await evaluate("throw { a: 1 }")).toBe("FAILED The code threw { a: 1 }");
        expect(await evaluate("import x from 'y'")).toMatch(/Use `const \{ x \} = await import/);
        expect(await evaluate("function deep() { return deep() + 1 }\ndeep()"))
          .toMatch(/^FAILED RangeError: Maximum call stack size exceeded\n {2}at line/);
      },

      "gives back what could run code without running it": async (rig) => {
        const evaluate = evaluateIn(rig);
        expect(await evaluate("({ then() { throw new Error('trap') } })"))
          .toBe("result: { then: [function then] }");
        expect(await evaluate("new Proxy({}, { get() { throw new Error('trap') } })"))
          .toBe("result: [Proxy]");
        expect(await evaluate("throw new Proxy({}, { get() { throw new Error('trap') } })"))
          .toBe("FAILED The code threw [Proxy]");
      },

      "ends code that never ends at the time limit, also without an await": async (rig) => {
        const evaluate = hastilyIn(rig);
        const endless = [
          "await new Promise(() => {})",
          "new Promise(() => {})",
          "for (;;) await new Promise((resolve) => setTimeout(resolve, 1))",
          "while (true) {}",
          "do ; while (true)",
          "for (;;) try { for (;;); } catch {}",
          "const again = () => Promise.resolve().then(again); await again()",
          "[...(function* () { for (;;) yield 1 })()].length",
        ];
        for (const code of endless) {
          expect([code, await evaluate(code)])
            .toEqual([code, "FAILED The code was ended: its time limit of 100 ms was reached"]);
        }
      },

      "cannot end the kernel": async (rig) => {
        const evaluate = evaluateIn(rig);
        for (const exit of ["Deno.exit(3)", "process.exit(3)", "close()", "process.abort()"]) {
          expect(await evaluate(exit)).toMatch(
            /is refused: it would end the notebook's kernel\n {2}at/,
          );
        }
        expect(await evaluate("Promise.reject(new Error('lost')); 1"))
          .toBe("printed:\nUnhandled rejection: [Error: lost]\nresult: 1");
        expect(await evaluate("Promise.reject(5); 1"))
          .toBe("printed:\nUnhandled rejection: 5\nresult: 1");
        const late = "setTimeout(() => { throw new Error('late') }); Promise.reject(6);" +
          "await new Promise((done) => setTimeout(done)); 2";
        // The notebook shows uncaught errors, but not those of evaluated code.
        const { text, updates } = await rig.run(
          `console.log(await call("evaluate", { code: ${JSON.stringify(late)} }))`,
        );
        expect(text).toBe(
          "printed:\nUnhandled rejection: 6\nUncaught error: [Error: late]\nresult: 2\n",
        );
        expect(updates).toEqual([]);
        const after = await rig.run(
          'await call("evaluate", { code: "setTimeout(() => Deno.exit(4)); setTimeout(() => { throw 1 })" });\n' +
            "await new Promise((done) => setTimeout(done));\n41 + 1",
        );
        // A number has no stack that says whose it is: the notebook shows it.
        expect(after.text).toBe("1\n42");
        expect(await evaluate("delete globalThis.setTimeout; delete globalThis.Promise; 1"))
          .toMatch(/^printed:\nDeleted globals were put back: (Promise|setTimeout)/);
        expect(await evaluate("delete globalThis.structuredClone; 1"))
          .toBe("printed:\nDeleted globals were put back: structuredClone\nresult: 1");
        expect(await rig.valueOf("typeof setTimeout + typeof Promise")).toBe("functionfunction");
      },

      "ignores what it still does after its end": async (rig) => {
        const evaluate = hastilyIn(rig);
        expect(
          await evaluate(
            "globalThis.late = 0; for (;;) { await new Promise((done) => setTimeout(done, 1)); late++ }",
          ),
        )
          .toContain("time limit");
        const counts = await rig.valueOf<number[]>(
          // Nothing tells that no timer is left; timers of 1 ms behind those of the loop do.
          "(async () => { const before = late; for (let n = 0; n < 10; n++) " +
            "await new Promise((done) => setTimeout(done, 1)); return [before, late] })()",
        );
        expect(counts[1]).toBe(counts[0]);
      },
      "puts a value into the shared object, which the next cell reads": async (rig) => {
        const evaluate = evaluateIn(rig);
        await rig.run('await call("assign", { name: "best", code: "sales.at(-1)" }); undefined');
        expect(await rig.valueOf("shared.best")).toEqual({ month: "June", units: 30 });
        expect(await evaluate("best.month")).toBe("result: June");
        await rig.run('await call("assign", { name: "sales", code: "sales.slice(1)" }); undefined');
        expect(await rig.valueOf("[shared.sales.length, sales.length]")).toEqual([1, 2]);
      },

      "refuses names that code cannot use, and keeps a value that came too late": async (rig) => {
        for (
          const name of ["class", "__proto__", "components", "a b", "await", "1a", "then", "x;y"]
        ) {
          expect(await rig.valueOf(`call("assign", { name: ${JSON.stringify(name)}, code: "1" })`))
            .toMatch(/^FAILED Cannot share a value as ".*Choose another name$/);
        }
        const late =
          'hasty("assign", { name: "slow", code: "await new Promise((r) => globalThis.finish = r); 1" })';
        expect(await rig.valueOf(late)).toContain("time limit");
        expect(
          await rig.valueOf(
            '(finish(), await new Promise((r) => setTimeout(r)), "slow" in shared)',
          ),
        )
          .toBe(false);
      },
      "ends every run at once: a wait, a hanging promise, a loop that gives nothing back": async (
        rig,
      ) => {
        await rig.run("const patient = share({}, { approve: 'allow' }); undefined");
        const codes = [
          "await new Promise(() => {})",
          "new Promise(() => {})",
          "for (;;) await new Promise((resolve) => setTimeout(resolve, 1))",
          "while (true) {}",
          "const again = () => Promise.resolve().then(again); await again()",
        ];
        for (const [index, code] of codes.entries()) {
          const begin =
            `await Deno.jupyter.display({ "text/plain": "begun ${index}" }, { raw: true })`;
          const running = rig.run(
            `await callOf(patient)("evaluate", ${JSON.stringify({ code: `${begin};\n${code}` })})`,
          );
          await rig.rig.seen(`begun ${index}`);
          rig.rig.stop();
          // The thread that sees Stop in a loop may not be listening yet.
          const again = setInterval(() => rig.rig.stop(), 500);
          await running.finally(() => clearInterval(again));
          expect((await running).text).toContain("FAILED The code was stopped");
        }
        expect(await rig.valueOf("1 + 1")).toBe(2);
      },
      // All checks, in one kernel.
    }), 120_000);
});
