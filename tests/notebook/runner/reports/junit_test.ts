import { describe, expect, it } from "vitest";
import { describeFailure, runNotebook, toJUnit } from "../../../../src/notebook/runner/mod.ts";
import { NotebookFolder } from "../notebook_folder.ts";

describe("toJUnit()", () => {
  it("has a case for each code cell: passed, failed, skipped, or not reached", async () => {
    await using folder = await NotebookFolder.make();
    const path = await folder.write("n", [
      "\n1 < 2",
      { source: "9", tags: ["skip-execution"] },
      'throw new Error("<b> & \\u0007")',
      "4",
    ]);
    const result = await runNotebook(path);
    const { failure } = result;
    const faults = [{ ...failure!, message: describeFailure(failure!) }];
    const xml = toJUnit([{ path: 'a"b', result, faults }]);
    expect(xml).toMatch(
      /^<\?xml [^]*<testsuites name="notebooks" tests="4" failures="1" errors="0" skipped="2" time="\d/,
    );
    expect(xml).toContain('<testsuite name="a&quot;b" tests="4"');
    expect(xml).toMatch(/name="1: 1 &lt; 2" time="\d+\.\d{3}"><\/testcase>/);
    expect(xml).toMatch(/name="2: 9" time="0.000"><skipped\/>/);
    expect(xml).toMatch(/<failure type="error" message="Cell 3[^]*Error: &lt;b&gt; &amp; \n/);
    expect(xml).toMatch(/name="4: 4" time="0.000"><skipped\/>/);
  });

  it("has an error for a notebook that did not run", () => {
    const faults = [{ index: null, kind: "notebook", message: "Cannot read n.ipynb" }];
    const xml = toJUnit([{ path: "n.ipynb", result: null, faults }]);
    expect(xml).toContain('tests="1" failures="0" errors="1"');
    expect(xml).toContain('<error type="notebook" message="Cannot read n.ipynb">');
  });
});
