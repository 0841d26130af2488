import { afterEach, describe, expect, it, vi } from "vitest";
import {
  ifUnlocked,
  recordAt,
  recordedNames,
  ServerRecord,
  serversDirectoryOf,
  type ServerSettings,
  withLock,
} from "../../../src/runtime/server/record.ts";
import { startServer } from "../../../src/runtime/server/start_server.ts";
import { visitServer } from "../../../src/runtime/server/visit.ts";

const FACTS: ServerSettings = {
  listen: "unix:///x",
  executable: "/codex",
  version: null,
  hasToken: false,
  endWhenIdleMs: null,
};

async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await body(`${root}/a/servers`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;

describe("the record of a server", () => {
  it.each(["a", "A9._-", "x".repeat(64)])("may be called %s", (name) => {
    expect(new ServerRecord("/s", name)).toMatchObject({
      name,
      serversDirectory: "/s",
      directory: `/s/${name}`,
      pidFile: `/s/${name}/pid`,
      logFile: `/s/${name}/log`,
      tokenFile: `/s/${name}/token`,
      socketPath: `/s/${name}/socket`,
      visitFile: `/s/${name}/visit`,
    });
  });

  it.each(["", ".", "..", "-a", "a/b", "a b", "x".repeat(65)])("may not be called %j", (name) => {
    expect(() => new ServerRecord("/s", name)).toThrow(
      `Cannot name a server ${JSON.stringify(name)}: it has other characters`,
    );
  });

  it("is for its owner alone, empty at first, and gone when it is removed", async () => {
    await withDirectory(async (directory) => {
      const record = new ServerRecord(directory, "one");
      await record.remove();
      expect([await record.readToken(), await record.readFacts(), await record.readPid()])
        .toEqual([null, null, null]);
      expect(await record.readLog()).toBe("");
      await record.writeToken("secret");
      await record.prepare(FACTS);
      expect(modeOf(record.directory)).toBe(0o700);
      expect(modeOf(directory)).toBe(0o700);
      for (const name of ["pid", "log", "token", "visit", "server.json"]) {
        expect([name, modeOf(`${record.directory}/${name}`)]).toEqual([name, 0o600]);
      }
      expect(await record.readToken()).toBe("secret");
      expect(await record.readFacts()).toEqual(FACTS);
      expect(await record.readPid()).toBe(null);
      await Deno.writeTextFile(record.logFile, "words");
      expect(await record.readLog()).toBe("words");
      await record.prepare(FACTS);
      expect([await record.readLog(), await record.readToken()]).toEqual(["", "secret"]);
      await record.writeToken("");
      expect(await record.readToken()).toBe(null);
      await record.remove();
      expect(await recordedNames(directory)).toEqual([]);
    });
  });

  it.each([["12\n", 12], ["0", null], ["-1", null], ["1.5", null], ["x", null], ["", null]])(
    "takes %j for the process id %s",
    async (text, pid) => {
      await withDirectory(async (directory) => {
        const record = new ServerRecord(directory, "one");
        await record.prepare(FACTS);
        await Deno.writeTextFile(record.pidFile, text);
        expect(await record.readPid()).toBe(pid);
      });
    },
  );

  it("without whole settings is that of no server, and what cannot be read is an error", async () => {
    await withDirectory(async (directory) => {
      const record = new ServerRecord(directory, "one");
      await record.prepare(FACTS);
      for (const text of ["", '{"listen":']) {
        await Deno.writeTextFile(`${record.directory}/server.json`, text);
        expect(await record.readFacts()).toBe(null);
      }
      await Deno.remove(record.logFile);
      await Deno.mkdir(record.logFile);
      await expect(record.readLog()).rejects.toThrow();
      await Deno.writeTextFile(`${directory}/file`, "");
      await expect(recordedNames(`${directory}/file`)).rejects.toThrow();
    });
  });

  it("is found by the address of its socket", () => {
    expect(recordAt("unix:///s/one/socket")).toMatchObject({ directory: "/s/one" });
    for (const address of ["unix:///s/one/other", "ws://127.0.0.1:1", "xunix:///s/one/socket"]) {
      expect(recordAt(address)).toBe(null);
    }
  });

  it("is listed by name", async () => {
    await withDirectory(async (directory) => {
      expect(await recordedNames(directory)).toEqual([]);
      for (const name of ["b", "c", "a"]) await new ServerRecord(directory, name).prepare(FACTS);
      await Deno.writeTextFile(`${directory}/.a.lock`, "");
      expect(await recordedNames(directory)).toEqual(["a", "b", "c"]);
    });
  });
});

describe("the directory of the servers", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("is that of the home in the environment, or in the one that is given", () => {
    const variables: Record<string, string> = { HOME: "/h", CODEX_HOME: "/c" };
    vi.spyOn(Deno.env, "get").mockImplementation((name) => variables[name]);
    const rest = "codex-deno/servers";
    expect(serversDirectoryOf({})).toBe(`/c/${rest}`);
    expect(serversDirectoryOf({ env: { CODEX_HOME: "/d" } })).toBe(`/d/${rest}`);
    expect(serversDirectoryOf({ env: { CODEX_HOME: undefined } })).toBe(`/h/.codex/${rest}`);
    expect(serversDirectoryOf({ env: { HOME: "/g" }, clearEnv: true })).toBe(`/g/.codex/${rest}`);
    expect(() => serversDirectoryOf({ clearEnv: true })).toThrow("Set CODEX_HOME");
    expect(() => serversDirectoryOf({ env: { HOME: undefined, CODEX_HOME: undefined } })).toThrow(
      "Cannot find the servers: neither CODEX_HOME nor the user's home is known",
    );
  });
});

describe("the lock of a name", () => {
  it("lets one program at a time do its work", async () => {
    await withDirectory(async (directory) => {
      const [entered, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const first = withLock(directory, "one", undefined, async () => {
        entered.resolve();
        await free.promise;
        return 1;
      });
      await entered.promise;
      expect(modeOf(directory)).toBe(0o700);
      expect(modeOf(`${directory}/.one.lock`)).toBe(0o600);
      let runs = 0;
      const count = (): Promise<void> => Promise.resolve(void runs++);
      expect(await ifUnlocked(directory, "one", count)).toBe(false);
      expect(await ifUnlocked(directory, "other", count)).toBe(true);
      expect(runs).toBe(1);
      free.resolve();
      expect(await first).toBe(1);
    });
  });

  it("is not made for a start that was aborted before", async () => {
    const home = await Deno.makeTempDir();
    try {
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      const options = { env: { CODEX_HOME: home }, clearEnv: true, signal };
      await expect(startServer(options)).rejects.toBe(reason);
      expect([...Deno.readDirSync(home)]).toEqual([]);
      const act = (): Promise<void> => Promise.reject(new Error("it was done"));
      await expect(withLock(home, "one", signal, act)).rejects.toBe(reason);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  });

  it("is free after work that fails", async () => {
    await withDirectory(async (directory) => {
      const fail = () => Promise.reject(new Error("No"));
      await expect(withLock(directory, "one", undefined, fail)).rejects.toThrow("No");
      await expect(ifUnlocked(directory, "one", fail)).rejects.toThrow("No");
      let isHeld = false;
      const hold = async (): Promise<void> => {
        isHeld = !await ifUnlocked(directory, "one", () => Promise.resolve());
      };
      expect(await ifUnlocked(directory, "one", hold)).toBe(true);
      expect(isHeld).toBe(true);
    });
  });
});

describe("a visit", () => {
  afterEach(() => void vi.restoreAllMocks());

  const longAgo = new Date(0);

  it.each([[1000, 250], [3_600_000, 20_000]])(
    "of a server that ends after %d ms is noted every %d ms, and at its end",
    async (endWhenIdleMs, ms) => {
      await withDirectory(async (directory) => {
        const record = new ServerRecord(directory, "one");
        await record.prepare({ ...FACTS, endWhenIdleMs });
        const age = () => Date.now() - (Deno.statSync(record.visitFile).mtime?.getTime() ?? 0);
        const setting = vi.spyOn(globalThis, "setInterval");
        const unref = vi.spyOn(Deno, "unrefTimer");
        await Deno.utime(record.visitFile, longAgo, longAgo);
        const leave = await visitServer(`unix://${record.socketPath}`);
        expect(age()).toBeLessThan(60_000);
        expect(setting.mock.calls.map(([, pause]) => pause)).toEqual([ms]);
        expect(unref.mock.calls).toEqual([[setting.mock.results[0]?.value]]);
        await Deno.utime(record.visitFile, longAgo, longAgo);
        await (setting.mock.calls[0]?.[0] as () => Promise<void>)();
        expect(age()).toBeLessThan(60_000);
        await Deno.utime(record.visitFile, longAgo, longAgo);
        await leave();
        expect(age()).toBeLessThan(60_000);
        // A server that has ended has no file any more.
        await record.remove();
        await leave();
      });
    },
  );

  it("of another server is not noted", async () => {
    await withDirectory(async (directory) => {
      const record = new ServerRecord(directory, "one");
      await record.prepare(FACTS);
      await Deno.utime(record.visitFile, longAgo, longAgo);
      const setting = vi.spyOn(globalThis, "setInterval");
      for (const address of [`unix://${record.socketPath}`, "ws://127.0.0.1:1"]) {
        await (await visitServer(address))();
      }
      expect(setting).not.toHaveBeenCalled();
      expect(Deno.statSync(record.visitFile).mtime).toEqual(longAgo);
    });
  });
});
