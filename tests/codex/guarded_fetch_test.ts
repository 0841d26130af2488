import { describe, expect, it } from "vitest";
import { guardedFetch, isInsideAddress } from "../../src/codex/guarded_fetch.ts";

const { signal } = new AbortController();

/** A server on 127.0.0.1; a test names it so, or by another name that leads there. */
function serve(respond: (request: Request) => Response): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, respond);
}

const redirect = (location: string, status = 302): Response =>
  new Response(null, { status, headers: { location } });

describe("guardedFetch()", () => {
  it.each([
    "http://localhost:PORT/inside",
    "http://127.0.0.2:PORT/inside",
    "http://[::1]:PORT/inside",
    "http://[::ffff:127.0.0.1]:PORT/inside",
    "http://2130706433:PORT/inside",
    "http://0x7f.1:PORT/inside",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/",
    "http://metadata/",
    "file:///etc/passwd",
    "data:text/plain,x",
  ])("follows no redirect to %s that the caller did not name", async (target) => {
    const asked: string[] = [];
    await using server = serve((request) => {
      asked.push(new URL(request.url).pathname);
      return redirect(target.replace("PORT", String(server.addr.port)));
    });
    const url = `http://127.0.0.1:${server.addr.port}/start?key=planted`;
    // 127.0.0.1 itself was named, so the same address in another notation may be allowed.
    const error = await guardedFetch(url, signal).then(() => null, (error) => error);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("it redirects");
    expect(error.message).not.toContain("planted");
    expect(asked.filter((path) => path === "/inside").length).toBeLessThanOrEqual(5);
  });

  it("follows redirects on the host that the caller named, also relative ones", async () => {
    await using server = serve(({ url }) =>
      url.endsWith("/start")
        ? redirect("/next", 301)
        : url.endsWith("/next")
        ? redirect("end", 307)
        : new Response("the picture")
    );
    const response = await guardedFetch(`http://127.0.0.1:${server.addr.port}/start`, signal);
    expect(await response.text()).toBe("the picture");
  });

  it.each(["http://localhost:PORT/", "http://localhost.:PORT/", "http://a.localhost:PORT/"])(
    "asks nothing of %s, which is this machine",
    async (target) => {
      let asked = 0;
      await using server = serve(() => {
        asked++;
        return redirect(target.replace("PORT", String(server.addr.port)));
      });
      const fetched = guardedFetch(`http://127.0.0.1:${server.addr.port}/start`, signal);
      await expect(fetched).rejects.toThrow("it redirects to an address of this machine");
      expect(asked).toBe(1);
    },
  );

  it("gives up redirects without end", async () => {
    await using server = serve(() => redirect("/again"));
    const url = `http://127.0.0.1:${server.addr.port}/`;
    await expect(guardedFetch(url, signal)).rejects.toThrow("it redirects 5 times");
  });
});

describe("isInsideAddress()", () => {
  it("knows addresses of this machine and its network from those of the internet", () => {
    const inside = [
      "127.0.0.1",
      "0.0.0.0",
      "10.1.2.3",
      "172.16.0.1",
      "172.31.9.9",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
      "198.18.0.1",
      "224.0.0.1",
      "255.255.255.255",
      "::1",
      "::",
      "fe80::1",
      "fe80::1%eth0",
      "fd00::1",
      "fc00::1",
      "ff02::1",
      "::ffff:7f00:1",
      "::ffff:a00:1",
      "::ffff:127.0.0.1",
      "::7f00:1",
      "64:ff9b::7f00:1",
    ];
    const outside = [
      "8.8.8.8",
      "1.1.1.1",
      "172.15.0.1",
      "172.32.0.1",
      "100.63.0.1",
      "100.128.0.1",
      "192.167.0.1",
      "198.20.0.1",
      "126.0.0.1",
      "128.0.0.1",
      "2606:4700::1111",
      "2001:4860:4860::8888",
      "::ffff:808:808",
    ];
    expect(inside.filter((address) => !isInsideAddress(address))).toEqual([]);
    expect(outside.filter(isInsideAddress)).toEqual([]);
  });
});
