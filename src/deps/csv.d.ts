/** Options of {@linkcode CsvParseStream}. */
export interface CsvParseStreamOptions {
  /** Character between two fields. Default: a comma. */
  separator?: string;
  /** Fields that each record must have; 0: as many as the first one. Default: any number. */
  fieldsPerRecord?: number;
}
/** Text of a CSV file in, its records out; throws `SyntaxError` for a record that is not CSV. */
export class CsvParseStream extends TransformStream<string, string[]> {
  constructor(options?: CsvParseStreamOptions);
  readonly readable: ReadableStream<string[]>;
  readonly writable: WritableStream<string>;
}
/** CSV text of records, each line ended by CRLF. */
export function stringify(
  data: readonly (readonly unknown[])[],
  options?: { separator?: string; bom?: boolean },
): string;
