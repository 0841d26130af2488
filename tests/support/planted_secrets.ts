/**
 * Secrets that tests plant, and the search for them in what was written, in every form in which a
 * program writes a text.
 *
 * @module
 */
import { join } from "node:path";

/** Where each secret is given. Some hold characters that JSON, HTML, URLs and shells escape. */
export const PLANTED = {
  login: "sk-planted0in0the0login0000000000",
  header: "planted0in0a0header/+\"&'<\\0000000",
  bearer: "planted0in0a0bearer0token~+/0000==",
  serverEnvironment: "planted0in0an0MCP0server's&variable",
  environment: "ghp_planted0in0the0environment000000000000",
  shell: 'planted0in0the0shell"s0settings\\00',
  serviceAnswer: "sk-planted0in0an0answer00000000000",
  thrown: "xoxb-planted0in0what0a0task0throws",
  storePassword: "planted0in0a0store's%password+&0",
  serverToken: "planted0in0a0servers0token00000000000000000",
} as const;

/** A text as it is, as JSON, a URL and HTML write it, and in base64 at any place of other bytes. */
export function formsOf(text: string): string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  const inHtml = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
  const base64 = [0, 1, 2].map((offset) => inBase64(text, offset));
  return [
    ...new Set([
      text,
      inJson,
      JSON.stringify(inJson).slice(1, -1),
      inHtml,
      encodeURIComponent(text),
      encodeURI(text),
      ...base64,
      ...base64.map((each) => each.replaceAll("+", "-").replaceAll("/", "_")),
    ]),
  ];
}

/** The part of its base64 form that does not depend on the bytes around it. */
function inBase64(text: string, offset: number): string {
  const bytes = new TextEncoder().encode(" ".repeat(offset) + text);
  return bytes.toBase64({ omitPadding: true })
    .slice(Math.ceil(offset * 8 / 6), Math.floor(bytes.length * 8 / 6));
}

/** Those of the texts that the content holds in any form. */
export function tracesIn(
  content: string,
  texts: readonly string[] = Object.values(PLANTED),
): string[] {
  return texts.filter((text) => formsOf(text).some((form) => content.includes(form)));
}

/** Files below a directory that hold one of the texts in any form, each as `text in path`. */
export async function filesWith(texts: readonly string[], directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) found.push(...await filesWith(texts, path));
    // A database may remove its files meanwhile.
    const bytes = isFile ? await Deno.readFile(path).catch(() => new Uint8Array()) : null;
    const content = bytes ? new TextDecoder("latin1").decode(bytes) : "";
    found.push(...tracesIn(content, texts).map((text) => `${text} in ${path}`));
  }
  return found;
}
