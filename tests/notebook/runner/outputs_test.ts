import { describe, expect, it } from "vitest";
import fc from "npm:fast-check@4.10.2";
import {
  type CellOutput,
  OutputFold,
  type PublishedMessage,
} from "../../../src/notebook/runner/outputs.ts";

const print = (text: string, name = "stdout"): PublishedMessage => ({
  type: "stream",
  content: { name, text },
});
const display = (text: string, displayId?: string): PublishedMessage => ({
  type: "display_data",
  content: {
    data: { "text/plain": text },
    metadata: {},
    transient: displayId ? { display_id: displayId } : {},
  },
});
const update = (text: string, displayId: string): PublishedMessage => ({
  ...display(text, displayId),
  type: "update_display_data",
});
const result = (text: string): PublishedMessage => ({
  type: "execute_result",
  content: { execution_count: 7, data: { "text/plain": text }, metadata: {} },
});
const error = (evalue: string): PublishedMessage => ({
  type: "error",
  content: { ename: "Error", evalue, traceback: [`Error: ${evalue}`] },
});
const clear = (wait: boolean): PublishedMessage => ({ type: "clear_output", content: { wait } });

/** The outputs of cells whose messages came in this order. */
function fold(...cells: readonly (readonly PublishedMessage[])[]): CellOutput[][] {
  const whole = new OutputFold();
  const lists = cells.map((messages) => {
    const list = whole.beginCell();
    for (const message of messages) whole.accept(message);
    return list;
  });
  return lists.map((list) => list.toArray());
}

function textOf(output: CellOutput): string {
  if (output.output_type === "stream") return `${output.name}:${output.text}`;
  return output.output_type === "error" ? output.evalue : String(output.data["text/plain"]);
}

const texts = (...cells: readonly (readonly PublishedMessage[])[]) =>
  fold(...cells).map((outputs) => outputs.map(textOf));

describe("OutputFold", () => {
  it("joins what one stream prints in a row, and keeps the order of everything", () => {
    expect(texts([
      print("a"),
      print("b"),
      print("c", "stderr"),
      print("d"),
      display("shown"),
      print("e"),
      result("7"),
    ])).toEqual([["stdout:ab", "stderr:c", "stdout:d", "shown", "stdout:e", "7"]]);
  });

  it("gives outputs as notebooks have them", () => {
    expect(fold([print("a"), display("b"), result("c"), error("d")])).toEqual([[
      { output_type: "stream", name: "stdout", text: "a" },
      { output_type: "display_data", data: { "text/plain": "b" }, metadata: {} },
      {
        output_type: "execute_result",
        execution_count: 7,
        data: { "text/plain": "c" },
        metadata: {},
      },
      { output_type: "error", ename: "Error", evalue: "d", traceback: ["Error: d"] },
    ]]);
  });

  it("puts errors last, because the kernel sends them before outputs that were earlier", () => {
    expect(texts([print("a"), error("boom"), print("b"), display("c")]))
      .toEqual([["stdout:ab", "c", "boom"]]);
  });

  it("updates every output of a display id, in earlier cells too, and no other", () => {
    expect(texts(
      [display("one", "x"), display("two", "x"), display("other", "y")],
      [update("new", "x"), update("nowhere", "z")],
    )).toEqual([["new", "new", "other"], []]);
  });

  it("takes a display under a used id as an update of those before", () => {
    expect(texts([display("one", "x")], [display("two", "x")])).toEqual([["two"], ["two"]]);
  });

  it("clears at once, or with the next output, and leaves an error that is already there", () => {
    expect(texts([print("a"), clear(false)])).toEqual([[]]);
    expect(texts([print("a"), clear(true)])).toEqual([["stdout:a"]]);
    expect(texts([print("a"), clear(true), print("b")])).toEqual([["stdout:b"]]);
    expect(texts([error("boom"), print("a"), clear(false)])).toEqual([["boom"]]);
    // The error ends the cell, so it is an output after the clearing.
    expect(texts([error("boom"), print("a"), clear(true)])).toEqual([["boom"]]);
  });

  it("does not clear what other cells show", () => {
    expect(texts([print("a")], [clear(false), print("b")])).toEqual([["stdout:a"], ["stdout:b"]]);
    expect(texts([print("a"), clear(true)], [print("b")])).toEqual([["stdout:a"], ["stdout:b"]]);
  });

  it("forgets a display that was cleared", () => {
    expect(texts([display("a", "x"), clear(false), update("b", "x"), display("c", "x")]))
      .toEqual([["c"]]);
  });

  it("keeps JSON as it is and makes text of what the kernel lets through as other types", () => {
    const data = { "application/json": [1], "text/plain": 5, "text/html": ["<p>"] };
    expect(fold([{ type: "display_data", content: { data } }])[0]).toMatchObject([
      { data: { "application/json": [1], "text/plain": "5", "text/html": '["<p>"]' } },
    ]);
  });

  it("survives messages without what they should have", () => {
    const types = ["clear_output", "stream", "display_data", "execute_result", "error"];
    const [outputs = []] = fold(types.map((type) => ({ type, content: {} })));
    expect(outputs.map(({ output_type }) => output_type))
      .toEqual(["stream", "display_data", "execute_result", "error"]);
    expect(outputs[3]).toMatchObject({ ename: "Error", evalue: "", traceback: ["Error: "] });
  });

  it("gives an error without a traceback one that shows", () => {
    const content = { ename: "Error", evalue: "5", traceback: [""] };
    expect(fold([{ type: "error", content }])[0]).toMatchObject([{ traceback: ["Error: 5"] }]);
  });

  it("gives the same with other messages in between, and for an error anywhere in its cell", () => {
    const id = fc.constantFrom("x", "y");
    const word = fc.string({ minLength: 1, maxLength: 3 });
    const output = fc.oneof(
      fc.tuple(word, fc.constantFrom("stdout", "stderr")).map(([text, name]) => print(text, name)),
      fc.tuple(word, fc.option(id, { nil: undefined })).map(([text, i]) => display(text, i)),
      fc.tuple(word, id).map(([text, i]) => update(text, i)),
      word.map(result),
      fc.boolean().map(clear),
    );
    const noise = fc.constantFrom(
      ...["status", "execute_input", "comm_msg", "custom"].map((type) => ({ type, content: {} })),
    );
    const cell = fc.record({
      outputs: fc.array(output),
      noise: fc.array(fc.tuple(noise, fc.nat())),
      failure: fc.option(fc.tuple(word.map(error), fc.nat())),
    });
    fc.assert(fc.property(fc.array(cell, { maxLength: 4 }), (cells) => {
      const asMade = cells.map(({ outputs, failure }) =>
        failure ? [...outputs, failure[0]] : outputs
      );
      const asArrived = cells.map(({ outputs, noise, failure }) =>
        [...noise, ...failure ? [failure] : []].reduce(
          (messages, [message, place]) =>
            messages.toSpliced(place % (messages.length + 1), 0, message),
          outputs,
        )
      );
      expect(fold(...asArrived)).toEqual(fold(...asMade));
    }));
  });

  it("loses no text between streams and displays", () => {
    const message = fc.oneof(
      fc.tuple(fc.string(), fc.constantFrom("stdout", "stderr")),
      fc.constant(null),
    );
    fc.assert(fc.property(fc.array(message), (messages) => {
      const [outputs = []] = fold(messages.map((m) => m ? print(...m) : display("-")));
      for (const name of ["stdout", "stderr"]) {
        const printed = messages.filter((m) => m?.[1] === name).map((m) => m?.[0]).join("");
        expect(outputs.flatMap((o) => "text" in o && o.name === name ? [o.text] : []).join(""))
          .toBe(printed);
      }
      expect(outputs.filter(({ output_type }) => output_type === "display_data").length)
        .toBe(messages.filter((m) => m === null).length);
    }));
  });
});
