import { describe, expect, it } from "vitest";
import { UsageError } from "../../../../src/notebook/runner/command/arguments.ts";
import { findNotebooks, placesFor } from "../../../../src/notebook/runner/command/find.ts";

/** A folder with empty files of these names, for as long as `work` takes. */
async function withFiles(
  names: readonly string[],
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of names) {
      await Deno.mkdir(`${folder}/${name}/..`.replace(/\/[^/]+\/\.\.$/, ""), { recursive: true });
      await Deno.writeTextFile(`${folder}/${name}`, "");
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("findNotebooks()", () => {
  it("takes files as they are named, and of folders the notebooks in order", () =>
    withFiles([
      "b.ipynb",
      "a.ipynb",
      "sub/c.ipynb",
      "sub/deep/d.ipynb",
      "a.failed.ipynb",
      "a.ts",
      ".ipynb_checkpoints/a.ipynb",
      "node_modules/e.ipynb",
    ], async (folder) => {
      const found = await findNotebooks([folder, `${folder}/a.ts`]);
      expect(found).toEqual([
        ...["a.ipynb", "b.ipynb", "sub/c.ipynb", "sub/deep/d.ipynb"].map((name) => ({
          path: `${folder}/${name}`,
          name,
        })),
        { path: `${folder}/a.ts`, name: "a.ts" },
      ]);
    }));

  it("refuses a path that is not there", async () => {
    await expect(findNotebooks(["/no/such"])).rejects.toThrow(
      new UsageError("there is no /no/such"),
    );
    await expect(findNotebooks(["/dev/null/x"])).rejects.not.toBeInstanceOf(UsageError);
  });
});

describe("placesFor()", () => {
  const [one, two] = ["a.ipynb", "sub/b.ipynb"].map((name) => ({ path: `/n/${name}`, name }));
  const both = [one!, two!];

  async function places(
    notebooks: readonly { path: string; name: string }[],
    output: string | null,
    extension = ".html",
  ): Promise<string[]> {
    const found = await placesFor(notebooks, output, extension);
    return notebooks.map((notebook) => found.get(notebook) ?? "none");
  }

  it("is nowhere without an output, a file for one, and a name in a folder for many", () =>
    withFiles(["file"], async (folder) => {
      expect(await places(both, null)).toEqual(["none", "none"]);
      expect(await places([one!], "/out.html")).toEqual(["/out.html"]);
      expect(await places(both, "/out/")).toEqual(["/out/a.html", "/out/sub/b.html"]);
      expect(await places(both, folder)).toEqual([`${folder}/a.html`, `${folder}/sub/b.html`]);
      expect(await places([one!], `${folder}/file`)).toEqual([`${folder}/file`]);
      expect(await places([{ path: "/n/x", name: "x" }], "/out/", ".ipynb")).toEqual([
        "/out/x.ipynb",
      ]);
    }));

  it("refuses one file for many, one place for two, and the place of a notebook itself", async () => {
    await expect(places(both, "/out.html")).rejects.toThrow(
      new UsageError("/out.html is one file for 2 notebooks. Name a folder"),
    );
    await expect(places([one!, { ...one!, path: "/m/a.ipynb" }], "/out/")).rejects.toThrow(
      new UsageError("two notebooks would be written to /out/a.html"),
    );
    await expect(places(both, "/n/", ".ipynb")).rejects.toThrow(
      new UsageError("the output of /n/a.ipynb is that notebook. Use --write for that"),
    );
    await expect(places([one!], "/n/../n/a.ipynb", ".ipynb")).rejects.toThrow("Use --write");
  });
});
