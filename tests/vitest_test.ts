import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  vi,
} from "vitest";

describe("hooks", () => {
  const order: string[] = [];
  beforeEach(() => void order.push("outer before"));
  afterEach(() => void order.push("outer after"));

  describe("of nested suites", () => {
    beforeEach(() => void order.push("inner before"));
    afterEach(() => void order.push("inner after"));

    it("run from the outside in before a test", () => {
      expect(order).toEqual(["outer before", "inner before"]);
      onTestFinished(() => void order.push("first registered"));
      onTestFinished(() => void order.push("last registered"));
    });

    it("run from the inside out after it", () => {
      expect(order.slice(2, -2))
        .toEqual(["inner after", "outer after", "last registered", "first registered"]);
    });
  });

  describe("of a whole suite", () => {
    const runs: string[] = [];
    beforeAll(() => void runs.push("before all"));
    afterAll(() => expect(runs).toEqual(["before all", "one", "two"]));

    it("run once", () => expect(runs.push("one")).toBe(2));
    it("and see every test", () => expect(runs.push("two")).toBe(3));
  });
});

describe("a table of tests", () => {
  const seen: unknown[] = [];
  it.each([[1, 2], [3, 4]])("spreads the row %d, %d", (a, b) => {
    expect(seen.push(a, b)).toBeGreaterThan(0);
  });
  it.each(["five"])("passes %s, which is not a list", (value) => {
    expect(seen.push(value)).toBe(5);
  });
  it("runs every row in order", () => expect(seen).toEqual([1, 2, 3, 4, "five"]));
});

describe("expect", () => {
  it("compares deeply, with asymmetric matchers", () => {
    expect({ id: 1, tags: ["a", "b"] }).toEqual({
      id: expect.any(Number),
      tags: expect.arrayContaining(["b"]),
    });
    expect({ a: 1, b: undefined }).not.toStrictEqual({ a: 1 });
  });

  it("throws an error that carries both sides", () => {
    expect(() => expect(1).toBe(2)).toThrow("expected 1 to be 2");
  });

  it("awaits promises", async () => {
    await expect(Promise.resolve(1)).resolves.toBe(1);
    await expect(Promise.reject(new TypeError("no"))).rejects.toThrow(TypeError);
  });
});

describe("vi", () => {
  it("records calls", () => {
    const double = vi.fn((n: number) => n * 2);
    expect(double(21)).toBe(42);
    expect(double).toHaveBeenCalledExactlyOnceWith(21);
  });

  it("spies on a method and gives it back", () => {
    const target = { greet: (): string => "hello" };
    vi.spyOn(target, "greet").mockReturnValue("mocked");
    expect(target.greet()).toBe("mocked");
    vi.restoreAllMocks();
    expect(target.greet()).toBe("hello");
  });

  it("moves time without waiting", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const fired = vi.fn();
    const startedAt = Date.now();
    setTimeout(fired, 3_600_000);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(fired).toHaveBeenCalledOnce();
    expect(Date.now() - startedAt).toBe(3_600_000);
  });
});
