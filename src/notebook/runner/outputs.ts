/**
 * What the kernel sends, folded into the outputs of cells.
 *
 * @module
 */
import type { JupyterMessage } from "./wire.ts";

/** One output of a cell, as notebooks have it. */
export type CellOutput =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: MimeBundle; metadata: Record<string, unknown> }
  | {
    output_type: "execute_result";
    execution_count: number | null;
    data: MimeBundle;
    metadata: Record<string, unknown>;
  }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** A value in several representations, by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** Collects the outputs of one notebook, cell by cell. */
export class OutputFold {
  /** Outputs that later cells may still update, by display id. */
  readonly #displays = new Map<string, { data: MimeBundle }[]>();
  #outputs: CellOutput[] = [];
  #clearBeforeNext = false;

  /** Begins the next cell; the list fills as messages come. */
  beginCell(): CellOutput[] {
    this.#outputs = [];
    this.#clearBeforeNext = false;
    return this.#outputs;
  }

  /** Takes one message; those that are no output change nothing. */
  accept({ type, content }: JupyterMessage): void {
    switch (type) {
      case "stream":
        return this.#stream(
          content.name === "stderr" ? "stderr" : "stdout",
          String(content.text ?? ""),
        );
      case "display_data":
        return this.#display(content);
      case "update_display_data":
        return this.#update(content);
      case "execute_result":
        return this.#push({
          output_type: "execute_result",
          execution_count: content.execution_count as number | null,
          data: bundleOf(content),
          metadata: {},
        });
      case "error":
        return this.#push(errorOutput(content));
      case "clear_output":
        return this.#clear(content.wait === true);
    }
  }

  #stream(name: "stdout" | "stderr", text: string): void {
    const last = this.#clearBeforeNext ? undefined : this.#outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text += text;
    else this.#push({ output_type: "stream", name, text });
  }

  #display(content: Record<string, unknown>): void {
    const output = { output_type: "display_data" as const, data: bundleOf(content), metadata: {} };
    this.#push(output);
    const displayId = displayIdOf(content);
    if (!displayId) return;
    this.#displays.set(displayId, [...this.#displays.get(displayId) ?? [], output]);
  }

  #update(content: Record<string, unknown>): void {
    for (const output of this.#displays.get(displayIdOf(content) ?? "") ?? []) {
      output.data = bundleOf(content);
    }
  }

  #clear(wait: boolean): void {
    if (wait) this.#clearBeforeNext = true;
    else this.#outputs.length = 0;
  }

  #push(output: CellOutput): void {
    if (this.#clearBeforeNext) this.#outputs.length = 0;
    this.#clearBeforeNext = false;
    this.#outputs.push(output);
  }
}

/** The error in a message or a reply. */
export function errorOutput(
  content: Record<string, unknown>,
): CellOutput & { output_type: "error" } {
  return {
    output_type: "error",
    ename: String(content.ename ?? "Error"),
    evalue: String(content.evalue ?? ""),
    traceback: Array.isArray(content.traceback) ? content.traceback.map(String) : [],
  };
}

function bundleOf(content: Record<string, unknown>): MimeBundle {
  return { ...Object(content.data) };
}

function displayIdOf(content: Record<string, unknown>): string | null {
  const { display_id } = Object(content.transient) as { display_id?: unknown };
  return typeof display_id === "string" ? display_id : null;
}
