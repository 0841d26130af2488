/**
 * Writes the API documentation: `deno task docs`.
 *
 * `deno doc --html` gives every property a page, every page all its icons, and every generated type a file. Here a
 * property is a place on the page of its symbol, the generated types are one page, and the first page leads to every
 * entry point.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { runDeno } from "./support/deno_command.ts";
import { readConfig, readText, ROOT } from "./support/repository.ts";

const GENERATED_TYPES = "src/protocol/types.ts";
const TYPES_PAGE = "protocol/types.html";

/** Writes the pages to `output`, which is emptied before. */
export async function writeDocs(output: string): Promise<void> {
  const raw = await Deno.makeTempDir();
  try {
    const entries = Object.values(readConfig().exports);
    const args = ["doc", "--html", "--quiet", "--name=codex", `--output=${raw}`, ...entries];
    const { code, stderr } = await runDeno(args, { cwd: ROOT });
    if (code !== 0) throw new Error(`Cannot document the entry points: ${stderr}`);
    await Deno.remove(output, { recursive: true }).catch(() => {});
    await new Pages(raw, declarationsOf(readText(GENERATED_TYPES))).write(output);
  } finally {
    await Deno.remove(raw, { recursive: true });
  }
}

/** The declarations of the generated types with their documentation, by name. */
function declarationsOf(source: string): Map<string, string> {
  const declarations = new Map<string, string>();
  for (const piece of source.split(/^(?=\/\*\*|export )/m)) {
    const name = /^export (?:type|interface) (\w+)/.exec(piece)?.[1];
    if (name) declarations.set(name, `${declarations.get("") ?? ""}${piece.trim()}`);
    declarations.set("", name ? "" : piece);
  }
  declarations.delete("");
  return declarations;
}

/** What `deno doc` wrote. */
class Pages {
  readonly #raw: string;
  readonly #types: ReadonlyMap<string, string>;
  readonly #ids = new Map<string, readonly string[]>();

  constructor(raw: string, types: ReadonlyMap<string, string>) {
    this.#raw = raw;
    this.#types = types;
  }

  async write(output: string): Promise<void> {
    for (const path of filesOf(this.#raw)) {
      if (!this.#isKept(path)) continue;
      const target = join(output, path);
      await Deno.mkdir(dirname(target), { recursive: true });
      const text = await Deno.readTextFile(join(this.#raw, path));
      await Deno.writeTextFile(target, this.#slim(text, path));
    }
    await Deno.writeTextFile(join(output, TYPES_PAGE), typesPage(this.#types));
  }

  #isKept(path: string): boolean {
    return !isMember(path) && !this.#isGenerated(path);
  }

  #isGenerated(path: string): boolean {
    const name = /^protocol\/~\/(\w+)\./.exec(path)?.[1];
    return name !== undefined && this.#types.has(name);
  }

  #slim(text: string, path: string): string {
    if (path.endsWith("search_index.js")) {
      return text.replaceAll(/"url":"([^"]*)"/g, (_, url) => `"url":"${this.#link(url, ".")}"`);
    }
    if (!path.endsWith(".html")) return text;
    const linked = withoutIcons(text).replaceAll(
      /href="([^"]*)"/g,
      (_, href) => `href="${this.#link(href.replaceAll("&#x2F;", "/"), dirname(path))}"`,
    );
    const page = linked.replaceAll(/^[ \t]+$|(?<=\n)\n+/gm, "");
    return path === "index.html" ? page.replace("<main>", `<main>${entryPoints()}`) : page;
  }

  /** A link from a page in `folder`, to where its target is now. */
  #link(href: string, folder: string): string {
    const [file = "", anchor] = href.split("#");
    if (!file.endsWith(".html") || file.includes(":")) return href;
    const path = join(folder, file);
    if (this.#isGenerated(path)) {
      return `${relative(folder, TYPES_PAGE)}#${path.split("/").at(-1)?.split(".")[0]}`;
    }
    if (!isMember(path)) return anchor === undefined ? file : `${file}#${anchor}`;
    const [symbol = "", ...member] = (path.split("/").at(-1) ?? "").replace(/\.html$/, "").split(
      ".",
    );
    const page = join(dirname(path), `${symbol}.html`);
    const id = this.#idOf(page, (member.at(-1) ?? "").toLowerCase());
    return relative(folder, page) + (id ? `#${id}` : "");
  }

  #idOf(page: string, member: string): string | undefined {
    let ids = this.#ids.get(page);
    if (!ids) {
      const text = Deno.readTextFileSync(join(this.#raw, page));
      ids = [...text.matchAll(/id="([^"]+)"/g)].map(([, id]) => id ?? "");
      this.#ids.set(page, ids);
    }
    return ids.find((id) => id.replace(/^[a-z]+_/, "").replace(/_\d+$/, "") === member);
  }
}

/** `Thread.prototype.run.html` and the like: what is on it is on the page of the symbol too. */
function isMember(path: string): boolean {
  return /\/~\/[^/]+\.[^/]+\.html$/.test(`/${path}`);
}

/** The switch between light and dark needs its icons; sources are files of the machine that made the pages. */
function withoutIcons(html: string): string {
  const [, theme = ""] = /(<button id="theme-toggle"[^]*?<\/button>)/.exec(html) ?? [];
  return html.replace(theme, "<theme/>")
    .replaceAll(/<a\s+class="sourceButton"[^]*?<\/a>/g, "")
    .replaceAll(/(<a [^>]*class="anchor"[^>]*>)\s*<svg[^]*?<\/svg>/g, "$1#")
    .replaceAll(/(<button class="copyButton"[^>]*>)[^]*?<\/button>/g, "$1copy</button>")
    .replaceAll(/<svg[^]*?<\/svg>/g, "")
    .replace("<theme/>", () => theme);
}

/** The list of entry points for the first page. */
function entryPoints(): string {
  const items = Object.entries(readConfig().exports).map(([name, entry]) => {
    const doc =
      /^\/\*\*\n([^]*?)(?:\n \*\n|\n \*\/)/.exec(readText(entry.replace("./", "")))?.[1] ?? "";
    const first = doc.replaceAll(/^ \* ?/gm, "").replaceAll("\n", " ");
    const page = name === "." ? "all_symbols.html" : `${name.replace("./", "")}/index.html`;
    return `<li><a class="contextLink" href="${page}">${name === "." ? "mod.ts" : name}</a> ${
      escape(first).replaceAll(/`([^`]+)`/g, "<code>$1</code>")
    }</li>`;
  });
  return `<section class="markdown"><h2>Entry points</h2><ul>${items.join("\n")}</ul>` +
    `<p>The generated types of the protocol are <a href="${TYPES_PAGE}">one page</a>.</p></section>`;
}

/** All generated types, each with its documentation, and with links between them. */
function typesPage(types: ReadonlyMap<string, string>): string {
  const linked = (code: string): string =>
    escape(code).replaceAll(
      /\b[A-Z]\w+\b/g,
      (name) => types.has(name) ? `<a href="#${name}">${name}</a>` : name,
    );
  const sections = [...types].map(([name, code]) =>
    `<section id="${name}"><h3>${name}</h3><pre>${linked(code)}</pre></section>`
  );
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Types of the protocol - codex documentation</title>
<style>body{font:15px/1.5 system-ui;max-width:100ch;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
pre{overflow-x:auto;padding:.6rem;border:1px solid #8884;border-radius:6px;font-size:13px}
a{color:inherit;text-decoration-color:#888}</style></head>
<body><p><a href="../index.html">codex</a> › <a href="index.html">protocol</a></p>
<h1>Types of the protocol</h1>
<p>Generated from the pinned runtime: ${types.size} types, by name. Names are the runtime's own.</p>
${sections.join("\n")}
</body></html>
`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function* filesOf(root: string, folder = ""): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(root, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory) yield* filesOf(root, path);
    else yield path;
  }
}

if (import.meta.main) await writeDocs(join(ROOT, "docs"));
