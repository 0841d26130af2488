import { describe, expect, it } from "vitest";
import { readCsv, type ReadCsvOptions } from "../../../../mod.ts";
import { csvWriter, jsonText } from "../../../../src/codex/map/results/csv.ts";

async function rowsOf(text: string, options?: ReadCsvOptions): Promise<Record<string, string>[]> {
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(path, text);
    return await Array.fromAsync(readCsv(path, options));
  } finally {
    await Deno.remove(path);
  }
}

describe("readCsv", () => {
  it("reads quoted fields, line ends of all kinds, a mark in front, and empty files", async () => {
    const rows = [{ id: "1", text: 'a "b",\nc' }, { id: "2", text: "" }];
    expect(await rowsOf('id,text\n1,"a ""b"",\nc"\n2,\n')).toEqual(rows);
    expect(await rowsOf('\ufeffid,text\r\n1,"a ""b"",\nc"\r\n2,')).toEqual(rows);
    expect(await rowsOf("id;text\n1;a\n", { separator: ";" })).toEqual([{ id: "1", text: "a" }]);
    expect(await rowsOf("1,a\n", { columns: ["id", "text"] })).toEqual([{ id: "1", text: "a" }]);
    expect(await rowsOf("")).toEqual([]);
    expect(await rowsOf("id,text\n")).toEqual([]);
  });

  it("refuses rows and names that would lose something", async () => {
    await expect(rowsOf("a,b\n1,2\n3\n")).rejects.toThrow(/line 3: expected 2 fields but got 1/);
    await expect(rowsOf('a,b\n1,"2\n')).rejects.toThrow(SyntaxError);
    await expect(rowsOf("a,a\n1,2\n")).rejects.toThrow("column 2 has the name of another");
    await expect(rowsOf("a,\n1,2\n")).rejects.toThrow("column 2 has no name");
    await expect(rowsOf("1,2\n", { columns: ["a"] })).rejects.toThrow("Name every column");
    await expect(rowsOf("__proto__,b\n1,2\n")).resolves.toHaveLength(1);
  });

  it("closes a file that is not read to its end", async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeTextFile(path, `a\n${"row\n".repeat(100_000)}`);
    for await (const row of readCsv(path)) {
      expect(row).toEqual({ a: "row" });
      break;
    }
    await Deno.remove(path);
  });
});

describe("a CSV writer", () => {
  it("writes what readCsv reads", async () => {
    const rows = [{ id: "1", text: 'a "b",\nc' }, { id: "=1+1", text: " x " }];
    const writer = await csvWriter();
    expect(await rowsOf(writer.write(rows.map((row) => new Map(Object.entries(row))), {})))
      .toEqual(rows);
  });

  it("lets no text run as a formula where that is asked for, and leaves numbers alone", async () => {
    const writer = await csvWriter();
    const cells = ["=1+1", "+x", "-x", "@x", "\tx", "-5", "+5.5", "x=1", -5];
    const rows = cells.map((cell) => new Map([["cell", cell]]));
    expect(writer.write(rows, { spreadsheet: true }).split("\r\n")).toEqual([
      "\ufeffcell",
      "'=1+1",
      "'+x",
      "'-x",
      "'@x",
      "'\tx",
      "-5",
      "+5.5",
      "x=1",
      "-5",
      "",
    ]);
  });
});

describe("a CSV cell", () => {
  it("is the text as it is, nothing for null, and JSON for all else", async () => {
    const circle: unknown[] = [];
    circle.push(circle);
    const cells: [unknown, string][] = [
      ["a", "a"],
      [null, ""],
      [undefined, ""],
      [0, "0"],
      [false, "false"],
      [{ a: [1n] }, '{"a":["1"]}'],
      [new Map([["a", 1]]), '[["a",1]]'],
      [new Set([1, 2]), "[1,2]"],
      [Math.max, "function max() { [native code] }"],
      [circle, "[cannot be written as JSON]"],
    ];
    for (const [value, text] of cells) {
      if (text !== value && text !== "") expect(jsonText(value)).toBe(text);
      const written = (await csvWriter()).write([new Map([["id", 1], ["cell", value]])], {});
      expect(await rowsOf(written)).toEqual([{ id: "1", cell: text }]);
    }
  });

  it("stands under its column, in the order in which those first come", async () => {
    const rows = [new Map([["b", 1], ["a", 2]]), new Map([["c", 3], ["a", 4]])];
    const text = (await csvWriter()).write(rows, { separator: ";" });
    expect(text).toBe("b;a;c\r\n1;2;\r\n;4;3\r\n");
  });
});

describe("the columns of a table", () => {
  it.each<[string[], string]>([
    [["a", " "], "column 2 has no name"],
    [["", "a"], "column 1 has no name"],
    [["a", "b", "a"], "column 3 has the name of another"],
  ])("are refused: %j", async (columns, message) => {
    await expect(rowsOf("1,2,3\n", { columns })).rejects.toThrow(
      `Cannot read the table: ${message}. Rename it, or pass columns`,
    );
  });

  it("must be as many as the fields, which are told", async () => {
    await expect(rowsOf("1,2\n", { columns: ["a", "b", "c"] })).rejects.toThrow(
      "its rows have 2 fields and there are 3 columns. Name every column",
    );
    await expect(rowsOf("1\n", { column: ["a"] } as never)).rejects.toThrow("Use columns");
  });
});
