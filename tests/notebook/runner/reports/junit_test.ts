import { describe, expect, it } from "vitest";
import { describeFailure, runNotebook, toJUnit } from "../../../../src/notebook/runner/mod.ts";
import { NotebookFolder } from "../notebook_folder.ts";

/** A result of these cells, of which the first ran. */
function resultOf(...sources: string[]) {
  const cells = sources.map((source) => ({ cell_type: "code" as const, metadata: {}, source }));
  const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  const ran = {
    index: 0,
    cell: 1,
    outputs: [],
    isSkipped: false,
    executionCount: 1,
    inputs: [],
    durationMs: 1234,
    failure: null,
  };
  return { notebook, cells: sources.length > 0 ? [ran] : [], failure: null, durationMs: 2500 };
}

describe("toJUnit() without a kernel", () => {
  it("is one document with the sums of its suites", () => {
    const error = { index: null, kind: "notebook", message: "no" };
    const difference = { index: 0, kind: "outputDiffers", message: "other\nmore" };
    const xml = toJUnit([
      { path: "a", result: resultOf("1", ""), faults: [difference, error] },
      { path: "b", result: resultOf("2"), faults: [] },
    ]);
    const place = (path: string) => `classname="${path}"`;
    expect(xml).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<testsuites name="notebooks" tests="4" failures="1" errors="1" skipped="1" time="5.000">\n' +
        '<testsuite name="a" tests="3" failures="1" errors="1" skipped="1" time="2.500">\n' +
        `<testcase ${place("a")} name="1: 1" time="1.234">` +
        '<failure type="outputDiffers" message="other">other\nmore</failure></testcase>\n' +
        `<testcase ${place("a")} name="2: empty" time="0.000"><skipped/></testcase>\n` +
        `<testcase ${place("a")} name="notebook" time="0.000">` +
        '<error type="notebook" message="no">no</error></testcase>\n' +
        "</testsuite>\n" +
        '<testsuite name="b" tests="1" failures="0" errors="0" skipped="0" time="2.500">\n' +
        `<testcase ${place("b")} name="1: 2" time="1.234"></testcase>\n` +
        "</testsuite>\n</testsuites>\n",
    );
  });

  it("counts a fault of a cell that is not code as an error, and a cell that did not run as failed", () => {
    const faults = [
      { index: 7, kind: "types", message: "elsewhere" },
      { index: 1, kind: "types", message: "TS1" },
    ];
    const xml = toJUnit([{ path: "a", result: resultOf("1", "2"), faults }]);
    expect(xml).toContain('tests="3" failures="1" errors="1" skipped="0"');
    expect(xml).toContain('<error type="types" message="elsewhere">');
    expect(xml).not.toContain("<skipped/>");
  });

  it("names a case by the first line of its cell that is not empty, up to 80 characters", () => {
    const xml = toJUnit([{ path: "a", result: resultOf(`\n  ${"x".repeat(81)}\ny`), faults: [] }]);
    expect(xml).toContain(`name="1: ${"x".repeat(80)}"`);
  });

  it("leaves out what XML cannot hold", () => {
    const message = "a\u0000\u000b\ufffe\ud800b\tc";
    const faults = [{ index: null, kind: "notebook", message }];
    const xml = toJUnit([{ path: 'a"&', result: null, faults }]);
    expect(xml).toContain(">a\ufffdb\tc</error>");
    expect(xml).toContain('<testsuite name="a&quot;&amp;" ');
  });
});

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
