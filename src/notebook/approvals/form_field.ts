/**
 * Forms of MCP servers, asked for field by field.
 *
 * @module
 */
import { asRecord } from "../../json.ts";

/** One field of a form. */
export interface FormField {
  /** Name in the content. */
  readonly name: string;
  /** The prompt. */
  readonly question: string;
  /** Whether the form is of no use without it. */
  readonly isRequired: boolean;
  /** Value of an empty answer; `undefined` when an empty answer is not allowed. */
  readonly preset: unknown;
  /** Type in the words of JSON Schema. */
  readonly type: string;
  /** The only values it can have; none when it can have any. */
  readonly choices: readonly string[];
}

interface FormProperty {
  readonly type?: unknown;
  readonly title?: unknown;
  readonly description?: unknown;
  readonly default?: unknown;
  readonly enum?: unknown;
  readonly oneOf?: unknown;
  readonly items?: { readonly enum?: unknown; readonly anyOf?: unknown };
}

/** The fields of a form, which is a flat JSON Schema; none when it is something else. */
export function fieldsOf(schema: unknown): FormField[] {
  const { properties, required } = asRecord(schema);
  const names = Array.isArray(required) ? required : [];
  return Object.entries(asRecord(properties))
    .map(([name, property]) => toField(name, asRecord(property), names.includes(name)));
}

function toField(name: string, property: FormProperty, isRequired: boolean): FormField {
  const { title, description, type } = property;
  const choices = choicesOf(property);
  const kind = typeof type === "string" ? type : "string";
  const preset = property.default ?? undefined;
  const hints = [
    typeof description === "string" ? description : "",
    choices.length > 0 ? choices.map((choice, index) => `${index + 1} = ${choice}`).join(", ") : "",
    choices.length === 0 && kind !== "string" ? kind : "",
    kind === "array" ? "several with commas" : "",
    preset === undefined && !isRequired ? "may be empty" : "",
    preset === undefined ? "" : `empty: ${JSON.stringify(preset)}`,
  ].filter((hint) => hint !== "");
  const label = typeof title === "string" ? title : name;
  const question = hints.length > 0 ? `${label} (${hints.join("; ")})` : label;
  return { name, question, isRequired, preset, type: kind, choices };
}

function choicesOf({ enum: values, oneOf, items }: FormProperty): readonly string[] {
  const listed = values ?? oneOf ?? items?.enum ?? items?.anyOf;
  if (!Array.isArray(listed)) return [];
  return listed.map((entry) => String(asRecord(entry).const ?? entry));
}

/** The value that was typed; `undefined` when the field does not allow it. */
export function toFieldValue(field: FormField, typed: string): unknown {
  switch (field.type) {
    case "boolean":
      if (/^(?:y|yes|true|1)$/i.test(typed)) return true;
      return /^(?:n|no|false|0)$/i.test(typed) ? false : undefined;
    case "number":
    case "integer": {
      const number = Number(typed);
      const fits = field.type === "integer" ? Number.isInteger(number) : Number.isFinite(number);
      return fits ? number : undefined;
    }
    case "array": {
      const values = typed.split(",").map((part) => chosen(field, part.trim()));
      return values.includes(undefined) ? undefined : values;
    }
    default:
      return chosen(field, typed);
  }
}

/** A choice by its number or by its name. */
function chosen({ choices }: FormField, typed: string): string | undefined {
  if (choices.length === 0) return typed;
  return choices.find((choice) => choice === typed) ?? choices[Number(typed) - 1];
}
