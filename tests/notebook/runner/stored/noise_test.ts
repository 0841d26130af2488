import { describe, expect, it } from "vitest";
import { withoutNoise } from "../../../../src/notebook/runner/stored/noise.ts";

const ID = "01a1fe6c-8962-7270-8a2a-69ab422b090d";

describe("withoutNoise()", () => {
  it.each([
    ["![](data:image/svg+xml;base64,AA+/=)", "![]((image))"],
    [`a ${ID} b ${ID.toUpperCase()}`, "a (id) b (id)"],
    ["in /tmp/a/b and file:///home/x, /private/var/f", "in (path) and (path) (path)"],
    ["'/root/a' \"/Users/b\" </work/c>", "'(path)' \"(path)\" <(path)>"],
    ["/usr/bin/deno", "/usr/bin/deno"],
    ["127.0.0.1:80 localhost:8888", "(address) (address)"],
    ["2026-01-02 03:04 2026-01-02T03:04:05.678", "(time) (time)"],
    ["2 min 5 s, 850 ms, 1.5 s, 1,200 seconds", "(duration), (duration), (duration), (duration)"],
    ["just now, 1 minute ago, 3 days ago", "(age), (age), (age)"],
    ["2.5/s 1.2e+3/s", "(rate) (rate)"],
    ["process id: <b>17</b>", "process id: <b>(number)</b>"],
    ["Chunk ID: a1b2", "Chunk ID: (id)"],
    ["Deno 2.9.6", "Deno (version)"],
    ["unix/linux linux-x86_64 darwin-aarch64", "(platform) (platform) (platform)"],
    ["context 12 %", "context (share)"],
    ["999 1000 13,258", "999 (number) (number)"],
    ["a\n\t b", "a b"],
  ])("makes of %j %j", (text, expected) => {
    expect(withoutNoise(text)).toBe(expected);
  });
});
