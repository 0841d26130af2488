import { describe, expect, it } from "vitest";
import { image } from "../../../mod.ts";
import { share } from "../../../src/notebook/mod.ts";
import { templateInput } from "../../../src/notebook/share/template.ts";

function made(shared: object, strings: readonly string[], ...values: readonly unknown[]) {
  return templateInput(strings, values, shared);
}

describe("templateInput()", () => {
  const sales = [{ units: 1 }];

  it("keeps text, numbers and parts in order", () => {
    const picture = image(new Uint8Array(1));
    const { input, values } = made({}, ["From ", " to ", ": ", "!"], "May", 3, picture);
    expect(input).toEqual(["From May to 3: ", picture, "!"]);
    expect(values).toEqual({});
    expect(made({}, ["Hi"]).input).toBe("Hi");
  });

  it("shares any other value by its name, or as value1 and so on", () => {
    class Model {}
    const other = { a: 1, b: 2 };
    const { input, values } = made({}, ["", " ", " ", " ", ""], { sales }, Model, other, other);
    expect(input).toBe("`sales` `Model` `value1` `value1`");
    expect(values).toEqual({ sales, Model, value1: other });
  });

  it("uses the name under which a value is shared, and never that of another one", () => {
    const shared = share({ sales, value1: 5 });
    expect(made(shared, ["", ""], sales)).toEqual({ input: "`sales`", values: {} });
    const list = [1];
    expect(made(shared, ["", ""], list)).toEqual({ input: "`value2`", values: { value2: list } });
    expect(made(shared, ["", ""], { sales: list }))
      .toEqual({ input: "`sales`", values: { sales: list } });
  });

  it("runs no getter, trap or method, and gives a name that code cannot use a number", () => {
    const trap = {
      get secret(): never {
        throw new Error("run");
      },
    };
    const proxy = new Proxy({}, {
      get: () => {
        throw new Error("trap");
      },
      ownKeys: () => {
        throw new Error("trap");
      },
    });
    const { input, values } = made({}, ["", " ", " ", ""], trap, proxy, { class: 1 });
    expect(input).toBe("`value1` `value2` `value3`");
    expect(Object.keys(values)).toEqual(["value1", "value2", "value3"]);
  });
});
