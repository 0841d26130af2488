import fc from "npm:fast-check@4.10.2";
import { describe, expect, it } from "vitest";
import { LineMasker, maskSecrets } from "../src/secrets.ts";

const PEM = "-----BEGIN RSA PRIVATE KEY-----\nS3CR3Tabc\nS3CR3Tdef=\n-----END RSA PRIVATE KEY-----";

/** Each holds `S3CR3T`, which must go, and stands between words, which must stay. */
const SHAPES: readonly string[] = [
  "Authorization: Bearer S3CR3Tabcdefgh",
  "authorization: Basic dXNlcjpwYXNzS3CR3T",
  "Authorization: Token S3CR3T0123456789",
  "Basic dXNlcjpwYXNzS3CR3T==",
  "Bearer S3CR3Tabcdefgh",
  "sk-proj-S3CR3Tabcdefgh",
  "sk_live_S3CR3Tabcdefgh",
  "ghp_S3CR3T0123456789abcdefghijklmnopqrst",
  "github_pat_S3CR3T0123456789_abcdefghijkl",
  "glpat-S3CR3T0123456789abcd",
  "npm_S3CR3T0123456789abcdefghijklmnopqrst",
  "AKIAS3CR3T0123456789",
  "AWS_SECRET_ACCESS_KEY=S3CR3T/0123456789",
  "aws_session_token = S3CR3T/0123456789",
  "xoxb-S3CR3T-0123456789",
  "xapp-1-S3CR3T-0123456789",
  "https://hooks.slack.com/services/T0/B0/S3CR3T",
  "AIzaS3CR3T0123456789abcdefghijklmnopqrs",
  "ya29.S3CR3T0123456789",
  "GITHUB_TOKEN=S3CR3T",
  "export DB_PASSWORD='S3CR3T with spaces'",
  '{"token":"S3CR3T","x":1}',
  '{"clientSecret": "S3CR3T \\" quoted"}',
  '{\\"token\\": \\"S3CR3T\\"}',
  '{\\\\\\"api_key\\\\\\":\\\\\\"S3CR3T\\\\\\"}',
  "token: S3CR3T",
  "password=S3CR3T",
  "passphrase => S3CR3T",
  "STRIPE_KEY=S3CR3T",
  "x-api-key: S3CR3T",
  "Cookie: session=S3CR3T; theme=S3CR3T",
  'set-cookie: "sid=S3CR3T; Path=/"',
  "postgres://user:S3CR3T@db.test/x",
  "https://S3CR3T@git.test/x.git",
  "https://api.test/v1?key=S3CR3T&x=1",
  "https://api.test/v1?x=1&sig=S3CR3T",
  "AccountName=a;AccountKey=S3CR3T==",
  "tool --api-key S3CR3T",
  "tool --token=S3CR3T",
  "eyJhbGciOiJS3CR3T.eyJzdWIS3CR3T.c2lnS3CR3T",
  PEM,
  PEM.replaceAll("\n", "\\n"),
  PEM.slice(0, 50),
  "SG.S3CR3T0123456.S3CR3T0123456789",
];

describe("maskSecrets()", () => {
  it.each(SHAPES)("takes out the secret of %j and nothing around it", (shape) => {
    const masked = maskSecrets(`before ${shape}`);
    expect(masked).not.toContain("S3CR3T");
    expect(masked).toContain("before ");
    expect(masked).toContain("[masked]");
    expect(maskSecrets(masked)).toBe(masked);
    expect(maskSecrets(`${shape}\nafter`)).toMatch(/\bafter$|^\[masked\]$/);
  });

  it.each([
    ["Authorization: Bearer abcdefgh12345", "Authorization: [masked]"],
    ["key sk-proj-abcdefgh123", "key [masked]"],
    ["jwt eyJhbGciOiJI.eyJzdWIi.c2lnbmF0dXJl", "jwt [masked]"],
    ['{"access_token":"abcdef","x":1}', '{"access_token":"[masked]","x":1}'],
    ['{\\"token\\":\\"abcdef\\",\\"x\\":1}', '{\\"token\\":\\"[masked]\\",\\"x\\":1}'],
    ["OPENAI_API_KEY=abcdef", "OPENAI_API_KEY=[masked]"],
    ["password: hunter2", "password: [masked]"],
    ["postgres://user:hunter2@db.test/x", "postgres://[masked]@db.test/x"],
    [`a\n${PEM}\nb`, "a\n[masked]\nb"],
    ["…def=\n-----END PRIVATE KEY-----\nb", "[masked]\nb"],
  ])("makes %j %j", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it.each([
    "nothing secret here",
    "denied (risk: high, authorization: low): Scripted verdict",
    "max_tokens: 4096, total_tokens=12345",
    "tokenUsage: { total: 12345 }",
    "model_auto_compact_token_limit = 200000",
    "Basic authentication failed, Basic Authentication is required",
    "Bearer authentication needs a token",
    "https://docs.test/a?page=2#token",
    "mailto:me@here.test, git@github.test:x/y.git",
    "the password is wrong; the token expired",
    "ERROR codex_core::auth: no credentials found",
    "bearer_token_env_var names a variable",
  ])("leaves %j alone", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it("takes any text, in time that grows with its length alone", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(maskSecrets(maskSecrets(text))).toBe(maskSecrets(text));
    }));
    for (const part of ["token", "secret-", '"', "\\", "://", "-----BEGIN ", "a=", "eyJ", "sk-"]) {
      expect(maskSecrets(part.repeat(20_000)).length).toBeGreaterThan(0);
    }
  });
});

describe("LineMasker", () => {
  it("masks each line of a key that takes several", () => {
    const masker = new LineMasker();
    const lines = `before\n${PEM}\nafter`.split("\n").map((line) => masker.mask(line));
    expect(lines.join()).not.toContain("S3CR3T");
    expect(lines).toEqual(["before", "[masked]", "[masked]", "[masked]", "[masked]", "after"]);
  });

  it("leaves the lines around a key of one line alone", () => {
    const masker = new LineMasker();
    const key = PEM.replaceAll("\n", "\\n");
    const masked = ["one", "two", key, "three"].map((line) => masker.mask(line));
    expect(masked).toEqual(["one", "two", "[masked]", "three"]);
  });
});
