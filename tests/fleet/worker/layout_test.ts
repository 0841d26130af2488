import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FleetLayout } from "../../../src/fleet/worker/layout.ts";

async function withDirectory(body: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
}

describe("the directories of a worker", () => {
  it("are made for this user alone, without a trace of the check that they can be written", async () => {
    await withDirectory(async (root) => {
      const [home, sqlite] = [join(root, "a", "home"), join(root, "b", "sqlite")];
      using layout = await FleetLayout.open(home, sqlite);
      expect(layout).toMatchObject({ home, sqlite: join(sqlite, "0") });
      for (const path of [home, sqlite, layout.sqlite]) {
        expect([path, (Deno.statSync(path).mode ?? 0) & 0o777]).toEqual([path, 0o700]);
      }
      expect(namesIn(home)).toEqual(["fleet-home-id"]);
      expect(namesIn(sqlite)).toEqual(["0", "0.lock"]);
      expect(namesIn(layout.sqlite)).toEqual([]);
      const id = await Deno.readTextFile(join(home, "fleet-home-id"));
      expect(id).toBe(layout.homeId);
      expect(id).toMatch(/^[\da-f-]{36}$/);
      expect((Deno.statSync(join(home, "fleet-home-id")).mode ?? 0) & 0o777).toBe(0o600);
    });
  });

  it("are one home for all, and a place of SQLite for each that is free again at its end", async () => {
    await withDirectory(async (root) => {
      const open = () => FleetLayout.open(join(root, "home"), join(root, "sqlite"));
      const first = await open();
      {
        using second = await open();
        expect(second.sqlite).toBe(join(root, "sqlite", "1"));
        expect(second.homeId).toBe(first.homeId);
      }
      first[Symbol.dispose]();
      using third = await open();
      expect(third.sqlite).toBe(join(root, "sqlite", "0"));
      using other = await FleetLayout.open(join(root, "other"), join(root, "sqlite"));
      expect(other.sqlite).toBe(join(root, "sqlite", "1"));
      expect(other.homeId).not.toBe(third.homeId);
    });
  });

  it("are refused where SQLite would be in the shared home, and beside it are not", async () => {
    await withDirectory(async (root) => {
      const home = join(root, "home");
      for (const sqlite of [home, join(home, "sqlite"), join(root, "x", "..", "home", "s")]) {
        await expect(FleetLayout.open(home, sqlite)).rejects.toThrow("it is in the shared home");
      }
      expect(namesIn(root)).toEqual([]);
      using layout = await FleetLayout.open(home, join(root, "home-sqlite"));
      expect(layout.sqlite).toBe(join(root, "home-sqlite", "0"));
    });
  });

  it("are refused where they cannot be made, by the name of their option", async () => {
    await withDirectory(async (root) => {
      const file = join(root, "file");
      await Deno.writeTextFile(file, "");
      const cases = [[file, join(root, "s"), "--home"], [join(root, "h"), file, "--sqlite"]];
      for (const [home = "", sqlite = "", option] of cases) {
        const error = await FleetLayout.open(home, sqlite).then(() => null, (error) => error);
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toBe(
          `Cannot use ${file}: it cannot be created or written. Correct ${option} or its permissions`,
        );
        expect(error.cause).toBeInstanceOf(Error);
      }
      // The place of a worker within them, too.
      await Deno.mkdir(join(root, "places"));
      await Deno.writeTextFile(join(root, "places", "0"), "");
      await expect(FleetLayout.open(join(root, "h"), join(root, "places")))
        .rejects.toThrow("Correct --sqlite");
    });
  });
});

describe("the id of a home", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("is waited for while another worker writes it", async () => {
    await withDirectory(async (root) => {
      const [home, path] = [join(root, "home"), join(root, "home", "fleet-home-id")];
      await Deno.mkdir(home);
      await Deno.writeTextFile(path, "");
      const id = crypto.randomUUID();
      const reading = vi.spyOn(Deno, "readTextFile");
      // It is written while the first look at it is under way.
      reading.mockImplementationOnce(async () => {
        await Deno.writeTextFile(path, id);
        return id.slice(0, 20);
      });
      using layout = await FleetLayout.open(home, join(root, "sqlite"));
      expect(layout.homeId).toBe(id);
      expect(reading).toHaveBeenCalledTimes(2);
    });
  });

  it("that stays damaged ends the start within seconds, with what to do", async () => {
    await withDirectory(async (root) => {
      const [home, path] = [join(root, "home"), join(root, "home", "fleet-home-id")];
      await Deno.mkdir(home);
      await Deno.writeTextFile(path, "half");
      const reading = vi.spyOn(Deno, "readTextFile");
      vi.useFakeTimers();
      const startedAt = Date.now();
      let error: unknown = null;
      const opening = FleetLayout.open(home, join(root, "sqlite")).catch((reason) =>
        error = reason
      );
      while (error === null) await vi.advanceTimersByTimeAsync(5);
      await opening;
      expect(String(error)).toContain(`${path} is damaged. Remove it and start the workers again`);
      expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1000);
      expect(reading).toHaveBeenCalledTimes(50);
    });
  });

  it("that cannot be written ends the start", async () => {
    await withDirectory(async (root) => {
      await Deno.mkdir(join(root, "home"));
      vi.spyOn(Deno, "writeTextFile").mockRejectedValueOnce(new Deno.errors.Busy("No"));
      await expect(FleetLayout.open(join(root, "home"), join(root, "sqlite")))
        .rejects.toThrow(Deno.errors.Busy);
    });
  });
});
