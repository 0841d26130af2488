/**
 * Recognizes secrets by their name, by the prefix of their issuer, or by their place in a URL or a
 * header.
 *
 * @module
 */

/** Replacement of a secret. */
const MASK = "[masked]";

/** Ends of names whose values are secret: `GITHUB_TOKEN`, `"token"`, `aws_secret_access_key`. */
const NAMES = [
  "token",
  "secret(?:[_-]?[a-z0-9]{1,16}){0,2}",
  "passw(?:or)?d|passwd|pwd|passphrase|passcode",
  "(?:api|access|private|account|shared|encryption|signing|master|auth|license)[_-]?key(?:[_-]?id)?",
  "[A-Z0-9]_KEY",
  "credentials?",
  "connection[_-]?string",
  "session[_-]?(?:id|key)",
  "[_-](?:pat|jwt|otp|sas)",
].join("|");
/** Headers that are secret to the end of their line. */
const HEADERS = "authorization|(?:set-)?cookie";
/** A quotation mark, also of JSON within JSON. */
const QUOTE = `\\\\*["']`;

const rule = (source: string): RegExp => new RegExp(source, "gi");

/** Each pattern with its replacement. */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // A key in several lines, or in one with escaped line ends; its begin or end may have been cut
  // off.
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, MASK],
  [/^(?:(?!-----BEGIN)[\s\S])*-----END [A-Z0-9 ]*PRIVATE KEY-----/g, MASK],
  [/(:\/\/)[^/?#\s@"'<>]+@/g, `$1${MASK}@`],
  [/([?&](?:key|sig|signature|code|auth)=)[^&#\s"'<>]+/gi, `$1${MASK}`],
  [/(hooks\.slack\.com\/services\/)[\w/-]+/gi, `$1${MASK}`],
  [
    rule(
      `((?:${NAMES}|${HEADERS})(?:${QUOTE})?\\s*[:=]>?\\s*)(["'])(?:\\\\.|(?!\\2)[^\\\\\\n])*\\2?`,
    ),
    `$1$2${MASK}$2`,
  ],
  [
    rule(`((?:${NAMES}|${HEADERS})(?:${QUOTE})?\\s*[:=]>?\\s*)(\\\\+["']).*?(?:\\2|$)`),
    `$1$2${MASK}$2`,
  ],
  // The runtime's reviewer says "authorization: low" of what a user allowed.
  [
    rule(`((?:${HEADERS})\\s*[:=]\\s*)(?!(?:low|medium|high)\\b)[^\\s"'][^"'\\r\\n]*`),
    `$1${MASK}`,
  ],
  [rule(`((?:${NAMES})(?:${QUOTE})?\\s*[:=]>?\\s*)[^\\s"',;&}]{4,}`), `$1${MASK}`],
  [rule(`(--?(?:[\\w-]{0,40}-)?(?:${NAMES})\\s+)[^\\s"'-][^\\s"']{3,}`), `$1${MASK}`],
  [/\b[Bb]earer\s+(?=\S*[0-9A-Z])[\w.~+/=-]{8,}/g, MASK],
  [/\bBasic\s+(?=\S*[0-9+/=]|\S[a-z]*[A-Z])[A-Za-z0-9+/]{6,}=*/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)*/g, MASK],
  [/\b(?:sk|pk|rk)[-_][\w-]{8,}/g, MASK],
  [
    /\b(?:gh[a-z]_|github_pat_|glpat-|npm_|pypi-|hf_|xai-|gsk_|dop_v1_|whsec_|shp[a-z]{2}_)[\w-]{16,}/g,
    MASK,
  ],
  [/\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,}/g, MASK],
  [/\bx(?:ox[a-z]|app)-[\w-]{8,}/g, MASK],
  [/\b(?:AIza[\w-]{20,}|ya29\.[\w.-]{8,}|GOCSPX-[\w-]{8,}|1\/\/0[\w-]{16,})/g, MASK],
  [/\bSG\.[\w-]{12,}\.[\w-]{12,}/g, MASK],
];

/** Replaces keys, tokens, passwords, cookies and the like by `[masked]`. */
export function maskSecrets(text: string): string {
  return RULES.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), text);
}

const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/;
const KEY_END = /-----END [A-Z0-9 ]*PRIVATE KEY-----/;

/** {@linkcode maskSecrets} for a text that comes line by line: a key may take several lines. */
export class LineMasker {
  #inKey = false;

  /** The line without secrets. */
  mask(line: string): string {
    if (this.#inKey) {
      this.#inKey = !KEY_END.test(line);
      return MASK;
    }
    this.#inKey = KEY_BEGIN.test(line) && !KEY_END.test(line);
    return maskSecrets(line);
  }
}
