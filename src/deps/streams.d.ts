/** Splits text chunks into lines at `\n` or `\r\n`; the last line needs no line end. */
export class TextLineStream extends TransformStream<string, string> {
  constructor(options?: { allowCR: boolean });
}
